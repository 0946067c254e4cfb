"""The journal: what intake remembers of submissions and slots, as its desk needs it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from services.intake.domain.needs import Needs
from services.intake.domain.slots import (
    Entry,
    EventKey,
    Handover,
    Holdings,
    Question,
    Slot,
    SlotKey,
)
from shared.infra.postgres.database import Connection

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

    async def holdings(self, connection: Connection, needs: Needs) -> Holdings:
        """Lock the dossiers that a batch needs, then return what it needs to know."""

    async def save(
        self,
        connection: Connection,
        entries: Sequence[Entry],
        slots: Sequence[Slot],
        handovers: Sequence[Handover] = (),
        questions: Sequence[Question] = (),
    ) -> None:
        """
        Add entries and questions, change slots and handovers of locked dossiers.

        Raises:
            Overtaken: nothing was saved; begin again from ``holdings``.

        """

    async def find(self, connection: Connection, key: EventKey) -> Entry | None:
        """Return the first entry under an event id."""

    async def slot(self, connection: Connection, key: SlotKey) -> Slot | None:
        """Return a slot as it stands, without locking it."""

    async def open_questions(self, connection: Connection, key: SlotKey) -> Sequence[Question]:
        """Return what a report in force is being asked about, oldest question first."""

    async def filled(
        self, connection: Connection, form: str, period: str, units: Collection[str] | None
    ) -> Sequence[SlotKey]:
        """Return the slots of a form and period that hold a report, of all units or of these."""
