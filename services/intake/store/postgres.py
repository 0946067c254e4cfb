"""The journal in PostgreSQL: set-based statements, locks always in the order of their keys."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import asyncpg

from services.intake.domain.backlogs import PeriodBacklog
from services.intake.domain.loaded_state import BacklogQuery, LoadedState, ReadSet
from services.intake.domain.state import (
    EventKey,
    Handover,
    HandoverKey,
    JournalEntry,
    OpenQuestion,
    SlotState,
)
from services.intake.store import parked
from services.intake.store.journal_watch import JournalIdentity, JournalWatch
from services.intake.store.rows import (
    entry_of,
    entry_row,
    handover_of,
    handover_row,
    question_of,
    question_row,
    slot_of,
    slot_row,
    stated_in,
    window_row,
)
from shared.infra.postgres import locks
from shared.infra.postgres.arrays import columns, portions
from shared.infra.postgres.database import Connection, load_queries
from shared.infra.postgres.locks import AdvisoryLock
from shared.infra.threads import compute
from shared.reference.periods import parse_period
from shared.reference.slots import Slot

QUERIES = load_queries(Path(__file__).parent / "journal.sql")


class RevisionKey(NamedTuple):
    """A revision of a slot."""

    unit: str
    form: str
    period: str
    revision: int


FIRST_REVISION = RevisionKey("", "", "", 0)
"""Comes before every revision there is."""


class EventStoredConcurrently(Exception):
    """Another transaction has just entered one of these submissions; look again."""


class Journal:
    """Journal and slots in the tables of ``migrations/``."""

    def __init__(self, watch: JournalWatch | None = None) -> None:
        """Nobody can enter before *watch* trusts it; without one, everybody can."""
        self._watch = watch

    async def enter(self, connection: Connection) -> datetime:
        """
        Take the shared lock, then read the database's clock: in this order, in two statements.

        A transaction that got an instant before a watermark has committed before that watermark.

        Raises:
            RevisionsUnknown: revisions may be missing here that were published.

        """
        await locks.lock_shared(connection, AdvisoryLock.RECEIVE)
        row = await connection.fetchrow(QUERIES["enter"])
        if self._watch is not None:
            self._watch.check(JournalIdentity(row["tables"], row["newest"]))
        now: datetime = row["now"]
        return now

    async def identity(self, connection: Connection) -> JournalIdentity:
        """Return what tells this journal from others."""
        row = await connection.fetchrow(QUERIES["enter"])
        return JournalIdentity(row["tables"], row["newest"])

    async def remember(self, connection: Connection, identity: JournalIdentity) -> None:
        """Store that this journal knows what was published."""
        await connection.execute(QUERIES["remember"], identity.tables)

    async def remembers(self, connection: Connection, identity: JournalIdentity) -> bool:
        """Return whether ``remember`` was called for this journal, not for one that it replaced."""
        known: bool = await connection.fetchval(QUERIES["remembers"], identity.tables)
        return known

    async def load(self, connection: Connection, read_set: ReadSet) -> LoadedState:
        """Add missing report series, lock all, then read: each statement sees earlier commits."""
        series = sorted(read_set.series)
        if series:
            await connection.execute(QUERIES["add_series"], *columns(series, 2))
            await connection.fetch(QUERIES["lock_series"], *columns(series, 2))
        return LoadedState(
            asked=read_set,
            entries=await self._entries(connection, read_set.events),
            slots=await self._slots(connection, read_set.slots),
            backlogs=await self._backlogs(connection, read_set.backlogs),
            handovers=await self._handovers(connection, read_set.handovers),
            nested=await self._nested(connection, read_set.nested),
            parked=await parked.concerning(connection, read_set.events, read_set.parked),
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
            EventStoredConcurrently: nothing was saved; begin again from ``load``.

        """
        in_order = sorted(entries, key=lambda it: (it.source, it.event_id))
        try:
            for portion in portions(in_order):
                rows = await compute(partial(_entry_columns, portion), items=len(portion))
                await connection.execute(QUERIES["add_entries"], *rows)
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

    async def count_revisions(self, connection: Connection) -> int:
        """Count the revisions of all slots: what was ever published of reports."""
        count: int = await connection.fetchval(QUERIES["count_revisions"])
        return count

    async def revisions(
        self, connection: Connection, after: RevisionKey, limit: int
    ) -> tuple[Sequence[JournalEntry], RevisionKey | None]:
        """Return the next entries that made a revision, slot by slot; and where to go on."""
        rows = await connection.fetch(QUERIES["revisions"], *after, limit)
        if not rows:
            return [], None
        last = rows[-1]
        key = RevisionKey(last["unit"], last["form"], last["period"], last["revision"])
        return [entry_of(it) for it in rows], key

    async def sources(self, connection: Connection) -> Sequence[str]:
        """Return everybody who was ever sent a receipt or a question."""
        return [row["source"] for row in await connection.fetch(QUERIES["answered_sources"])]

    async def count_answers(self, connection: Connection, source: str | None) -> int:
        """Count the receipts and questions to a source, or to all."""
        count: int = await connection.fetchval(QUERIES["count_answers"], source)
        return count

    async def answered(
        self, connection: Connection, after: int, source: str | None, limit: int
    ) -> tuple[Sequence[JournalEntry], int | None]:
        """Return the next entries that have a receipt, oldest first; and where to go on."""
        rows = await connection.fetch(QUERIES["answered"], after, source, limit)
        return [entry_of(it) for it in rows], rows[-1]["id"] if rows else None

    async def asked(
        self, connection: Connection, after: int, source: str | None, limit: int
    ) -> tuple[Sequence[OpenQuestion], int | None]:
        """Return the next questions, oldest first, open or not; and where to go on."""
        rows = await connection.fetch(QUERIES["asked"], after, source, limit)
        return [question_of(it) for it in rows], rows[-1]["id"] if rows else None

    async def _slots(self, connection: Connection, keys: Collection[Slot]) -> dict[Slot, SlotState]:
        if not keys:
            return {}
        states = map(slot_of, await connection.fetch(QUERIES["slots"], *columns(keys, 3)))
        return {state.key: state for state in states}

    async def _nested(
        self, connection: Connection, keys: Collection[Slot]
    ) -> dict[Slot, list[SlotState]]:
        nested: dict[Slot, list[SlotState]] = defaultdict(list)
        if keys:
            windows = columns(map(window_row, keys), 6)
            for row in await connection.fetch(QUERIES["nested"], *windows):
                state = stated_in(row)
                nested[state.key._replace(period=row["asked"])].append(state)
        return nested

    async def _handovers(
        self, connection: Connection, keys: Collection[HandoverKey]
    ) -> dict[HandoverKey, Handover]:
        if not keys:
            return {}
        rows = await connection.fetch(QUERIES["handovers"], *columns(keys, 3))
        handovers = map(handover_of, rows)
        return {handover.key: handover for handover in handovers}

    async def _entries(
        self, connection: Connection, keys: Collection[EventKey]
    ) -> dict[EventKey, tuple[JournalEntry, ...]]:
        entries: dict[EventKey, tuple[JournalEntry, ...]] = defaultdict(tuple)
        for row in await connection.fetch(QUERIES["entries"], *columns(keys, 2)):
            entries[row["source"], row["event_id"]] += (entry_of(row),)
        return entries

    async def _backlogs(
        self, connection: Connection, queries: Collection[BacklogQuery]
    ) -> dict[BacklogQuery, dict[str, PeriodBacklog]]:
        backlogs: dict[BacklogQuery, dict[str, PeriodBacklog]] = defaultdict(dict)
        if queries:
            for row in await connection.fetch(QUERIES["backlogs"], *columns(queries, 3)):
                query = BacklogQuery(row["unit"], row["form"], row["day"])
                if period := parse_period(row["period"]):
                    backlog = PeriodBacklog.of(period, row["backlog"], row["carried_in"])
                    backlogs[query][row["period"]] = backlog
        return backlogs


def _entry_columns(entries: Sequence[JournalEntry]) -> list[list[object]]:
    return columns(map(entry_row, entries), 20)
