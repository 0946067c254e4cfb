"""The journal in PostgreSQL: set-based statements, locks always in the order of their keys."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

import asyncpg

from services.intake.domain.read_set import ReadSet
from services.intake.domain.state import (
    BacklogKey,
    EventKey,
    Handover,
    HandoverKey,
    JournalEntry,
    LoadedState,
    OpenQuestion,
    Slot,
    SlotState,
)
from services.intake.store.rows import (
    entry_of,
    entry_row,
    handover_of,
    handover_row,
    question_of,
    question_row,
    slot_of,
    slot_row,
)
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, load_queries
from shared.infra.postgres.locks import AdvisoryLock

QUERIES = load_queries(Path(__file__).parent / "journal.sql")


class EventStoredConcurrently(Exception):
    """Another transaction has just entered one of these submissions; look again."""


class Journal:
    """Journal and slots in the tables of ``migrations/``."""

    async def enter(self, connection: Connection) -> datetime:
        """
        Take the shared lock, then read the database's clock: in this order, in two statements.

        A transaction that got an instant before a watermark has committed before that watermark.
        """
        await connection.execute(QUERIES["enter"], AdvisoryLock.RECEIVE)
        now: datetime = await connection.fetchval(QUERIES["now"])
        return now

    async def holdings(self, connection: Connection, read_set: ReadSet) -> LoadedState:
        """Make missing dossiers, lock all, then read: each statement sees what others committed."""
        series = sorted(read_set.series)
        if series:
            await connection.execute(QUERIES["add_dossiers"], *columns(series, 2))
            await connection.fetch(QUERIES["lock_dossiers"], *columns(series, 2))
        return LoadedState(
            entries=await self._entries(connection, read_set.events),
            slots=await self._slots(connection, read_set),
            carried=await self._carried(connection, read_set),
            handovers=await self._handovers(connection, read_set),
        )

    async def save(
        self,
        connection: Connection,
        entries: Sequence[JournalEntry],
        slots: Sequence[SlotState],
        handovers: Sequence[Handover] = (),
        questions: Sequence[OpenQuestion] = (),
    ) -> None:
        """
        Write in the order of the unique keys, so that two writers cannot block each other.

        Raises:
            Overtaken: nothing was saved; begin again from ``holdings``.

        """
        in_order = sorted(entries, key=lambda it: (it.source, it.event_id))
        try:
            if entries:
                rows = map(entry_row, in_order)
                await connection.execute(QUERIES["add_entries"], *columns(rows, 18))
        except asyncpg.UniqueViolationError as problem:
            if problem.constraint_name != "journal_event":
                raise  # a revision given out twice would be a bug of ours
            raise EventStoredConcurrently from problem
        for query, written in (
            ("keep_slots", [slot_row(it) for it in slots]),
            ("keep_handovers", [handover_row(it) for it in handovers]),
            ("add_questions", [question_row(it) for it in questions]),
        ):
            if written:
                await connection.execute(QUERIES[query], *columns(written, 0))

    async def find(self, connection: Connection, key: EventKey) -> JournalEntry | None:
        """Return the first entry under an event id."""
        row = await connection.fetchrow(f"{QUERIES['entries']} LIMIT 1", [key[0]], [key[1]])
        return None if row is None else entry_of(row)

    async def slot(self, connection: Connection, key: Slot) -> SlotState | None:
        """Return a slot as it stands, without locking it."""
        row = await connection.fetchrow(QUERIES["slot"], *key)
        return None if row is None else slot_of(row)

    async def open_questions(self, connection: Connection, key: Slot) -> Sequence[OpenQuestion]:
        """Return what a report in force is being asked about, oldest question first."""
        rows = await connection.fetch(QUERIES["open_questions"], *key)
        return [question_of(it) for it in rows]

    async def filled(
        self, connection: Connection, form: str, period: str, units: Collection[str] | None
    ) -> Sequence[Slot]:
        """Return the slots of a form and period that hold a report, of all units or of these."""
        wanted = None if units is None else sorted(units)
        rows = await connection.fetch(QUERIES["filled"], form, period, wanted)
        return [Slot(row["unit"], form, period) for row in rows]

    async def _slots(self, connection: Connection, read_set: ReadSet) -> dict[Slot, SlotState]:
        rows = []
        if read_set.slots:
            rows = await connection.fetch(QUERIES["slots"], *columns(read_set.slots, 3))
        slots = map(slot_of, rows)
        return {slot.key: slot for slot in slots}

    async def _handovers(
        self, connection: Connection, read_set: ReadSet
    ) -> dict[HandoverKey, Handover]:
        if not read_set.handovers:
            return {}
        rows = await connection.fetch(QUERIES["handovers"], *columns(read_set.handovers, 3))
        handovers = map(handover_of, rows)
        return {handover.key: handover for handover in handovers}

    async def _entries(
        self, connection: Connection, events: Collection[EventKey]
    ) -> dict[EventKey, tuple[JournalEntry, ...]]:
        found: dict[EventKey, tuple[JournalEntry, ...]] = defaultdict(tuple)
        for row in await connection.fetch(QUERIES["entries"], *columns(events, 2)):
            found[row["source"], row["event_id"]] += (entry_of(row),)
        return found

    async def _carried(
        self, connection: Connection, read_set: ReadSet
    ) -> dict[Slot, dict[BacklogKey, int]]:
        found: dict[Slot, dict[BacklogKey, int]] = defaultdict(dict)
        if read_set.carried:
            wanted = [(*key, whose, day) for key, whose, day in read_set.carried]
            for row in await connection.fetch(QUERIES["carried"], *columns(wanted, 5)):
                key = Slot(row["unit"], row["form"], row["period"])
                found[key][row["whose"], row["regime"], row["kind"]] = row["backlog"]
        return found
