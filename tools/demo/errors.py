"""
What can go wrong with the demo.

DemoError
"""


class DemoError(Exception):
    """The demo cannot show what it promises; the message says what is missing."""
