"""The journal: what intake remembers of submissions and slots, as its desk needs it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from services.intake.domain.slots import Entry, EventKey, Holdings, Slot, SlotKey
from shared.infra.database import Connection

RECEIVING_LOCK = 7_263_003
"""Shared by all who receive, exclusive for the watermark: see ``watermark.py``."""


class Overtaken(Exception):
    """Another transaction has just entered one of these submissions; look again."""


class Journal(Protocol):
    """Journal and slots; every call runs in the caller's transaction."""

    async def enter(self, connection: Connection) -> datetime:
        """
        Begin to receive, and return the present instant by the database's clock.

        Whoever was told an instant before a watermark has committed before that watermark.
        """

    async def holdings(
        self,
        connection: Connection,
        events: Collection[EventKey],
        slots: Collection[SlotKey],
        histories: Collection[SlotKey],
    ) -> Holdings:
        """
        Lock *slots*, and return what is stored about these slots and events.

        For *histories*, a part of the slots, also what earlier periods left unsettled.
        """

    async def save(
        self, connection: Connection, entries: Sequence[Entry], slots: Sequence[Slot]
    ) -> None:
        """
        Add entries and change locked slots.

        Raises:
            Overtaken: nothing was saved; begin again from ``holdings``.

        """

    async def find(self, connection: Connection, key: EventKey) -> Entry | None:
        """Return the first entry under an event id."""

    async def slot(self, connection: Connection, key: SlotKey) -> Slot | None:
        """Return a slot as it stands, without locking it."""
