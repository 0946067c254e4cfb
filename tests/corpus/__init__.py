"""
Results that press and offices published, entered as reports.

`results.yaml` holds the facts and their sources. `rows` reads it, `entry` sends it.
"""
