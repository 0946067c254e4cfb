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


class NothingAvailable(StackError):
    """No way to come by this server exists on this machine."""


class NotOurs(StackError):
    """The server was given, not started here: it is not ours to stop."""


class NotReady(StackError):
    """The server did not answer in time."""


class ServerDied(StackError):
    """The server ended by itself."""
