"""
What can go wrong with the local stack.

StackError
├── NothingAvailable
├── NotOurs
├── NotReady
└── ServerDied
"""


class StackError(Exception):
    """The local stack cannot do what was asked."""


class NothingAvailable(StackError):  # noqa: N818 - reads as a sentence where it is raised
    """No way to come by this server exists on this machine."""


class NotOurs(StackError):  # noqa: N818 - likewise
    """The server was given, not started here: it is not ours to stop."""


class NotReady(StackError):  # noqa: N818 - likewise
    """The server did not answer in time."""


class ServerDied(StackError):  # noqa: N818 - likewise
    """The server ended by itself."""
