"""
Every exception of the directory's way from a publication to a service.

QcdcError
├── NotReady
│   └── DirectoryUnread    nothing can be judged before the directory has been read
└── PublicationOvertaken   another publication of the directory is under way, or came first
"""

from shared.infra.errors import NotReady, QcdcError


class DirectoryUnread(NotReady):
    """The directory has not been read yet, so nobody can say which units there are."""

    def __init__(self) -> None:
        super().__init__("the directory has not been read yet")


class PublicationOvertaken(QcdcError):
    """Another publication of the directory came first; nothing of this one is in force."""
