"""
Whether this is still the journal that this process knows, or another one was put in its place.

A database restored from a backup, or a standby that lacks the last commits, looks like the journal
and has forgotten revisions that others have counted.
"""

import asyncio
from typing import NamedTuple

from shared.infra.errors import NotReady


class JournalIdentity(NamedTuple):
    """
    What tells one journal from another.

    ``tables`` names the server's timeline and the journal's sequence: restored tables are others,
    and a standby that takes over begins a timeline. ``newest`` is where the sequence stands: files
    that were put back behind the server's back have an older one.
    """

    tables: str
    newest: int


class RevisionsUnknown(NotReady):
    """The database may have forgotten revisions that were published; they are read first."""


class JournalWatch:
    """Lets nobody number revisions in a journal whose published revisions were not read."""

    def __init__(self) -> None:
        self.doubted = asyncio.Event()
        self._known: JournalIdentity | None = None

    def trust(self, identity: JournalIdentity) -> None:
        """Take this journal for the one that is known from now on."""
        self._known = identity
        self.doubted.clear()

    def check(self, identity: JournalIdentity) -> None:
        """Raise RevisionsUnknown unless this journal is the one known, or has grown out of it."""
        known = self._known
        if known is None:
            raise RevisionsUnknown("the revisions on qcdc.reports.v1 have not been read yet")
        if identity.tables != known.tables or identity.newest < known.newest:
            self._known = None
            self.doubted.set()
            raise RevisionsUnknown("the database was restored; its revisions are read again")
        self._known = identity
