"""The days from which laws count that rules are dated by."""

from datetime import date

LAW_10_2022 = date(2023, 7, 1)
"""Law 10/2022/QH15 on grassroots democracy."""

LAW_77_2015 = date(2016, 1, 1)
"""
Law 77/2015/QH13 on local government, the first to ask communes for a yearly dialogue (Art. 125).

Law 65/2025/QH15 (Art. 24, from 1 March 2025) and Law 72/2025/QH15 (Art. 43, from 16 June 2025)
succeeded it; the duty never lapsed.
"""
