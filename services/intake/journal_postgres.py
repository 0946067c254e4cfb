"""The journal in PostgreSQL: set-based statements, locks always in the order of their keys."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import asyncpg

from services.intake.domain.arrivals import Kind
from services.intake.domain.slots import Entry, EventKey, Family, Holdings, Slot, SlotKey
from services.intake.journal import RECEIVING_LOCK, Overtaken
from shared.contracts.reports import Finding
from shared.domain.periods import parse_period
from shared.infra.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "journal.sql")


class PostgresJournal:
    """Journal and slots in the tables of ``migrations/0001_journal.sql``."""

    async def enter(self, connection: Connection) -> datetime:
        """Take the shared lock, then read the clock: in this order, in two statements."""
        await connection.execute(QUERIES["enter"], RECEIVING_LOCK)
        now: datetime = await connection.fetchval(QUERIES["now"])
        return now

    async def holdings(
        self,
        connection: Connection,
        events: Collection[EventKey],
        slots: Collection[SlotKey],
        histories: Collection[SlotKey],
    ) -> Holdings:
        """Make missing slots, lock all, then read: each statement sees what others committed."""
        keys = sorted(slots)
        if keys:
            await connection.execute(QUERIES["add_slots"], *_columns(map(_new_slot, keys), 7))
        return Holdings(
            slots=await self._lock(connection, keys),
            entries=await self._entries(connection, events),
            carried=await self._carried(connection, histories),
        )

    async def save(
        self, connection: Connection, entries: Sequence[Entry], slots: Sequence[Slot]
    ) -> None:
        """Write in the order of the unique keys, so that two writers cannot block each other."""
        in_order = sorted(entries, key=lambda it: (it.source, it.event_id))
        try:
            if entries:
                rows = map(_entry_row, in_order)
                await connection.execute(QUERIES["add_entries"], *_columns(rows, 18))
        except asyncpg.UniqueViolationError as problem:
            if problem.constraint_name != "journal_event":
                raise  # a revision given out twice would be a bug of ours
            raise Overtaken from problem
        if slots:
            await connection.execute(QUERIES["move_slots"], *_columns(map(_slot_row, slots), 10))

    async def find(self, connection: Connection, key: EventKey) -> Entry | None:
        """Return the first entry under an event id."""
        row = await connection.fetchrow(f"{QUERIES['entries']} LIMIT 1", [key[0]], [key[1]])
        return None if row is None else _entry(row)

    async def slot(self, connection: Connection, key: SlotKey) -> Slot | None:
        """Return a slot as it stands, without locking it."""
        row = await connection.fetchrow(QUERIES["slot"], *key)
        return None if row is None else _slot(row)

    async def _lock(self, connection: Connection, keys: Sequence[SlotKey]) -> dict[SlotKey, Slot]:
        if not keys:
            return {}
        rows = await connection.fetch(QUERIES["lock_slots"], *_columns(keys, 3))
        slots = map(_slot, rows)
        return {slot.key: slot for slot in slots}

    async def _entries(
        self, connection: Connection, events: Collection[EventKey]
    ) -> dict[EventKey, tuple[Entry, ...]]:
        found: dict[EventKey, tuple[Entry, ...]] = defaultdict(tuple)
        for row in await connection.fetch(QUERIES["entries"], *_columns(events, 2)):
            found[row["source"], row["event_id"]] += (_entry(row),)
        return found

    async def _carried(
        self, connection: Connection, histories: Collection[SlotKey]
    ) -> dict[SlotKey, dict[Family, int]]:
        found: dict[SlotKey, dict[Family, int]] = defaultdict(dict)
        if histories:
            for row in await connection.fetch(QUERIES["carried"], *_columns(histories, 3)):
                key = SlotKey(row["unit"], row["form"], row["period"])
                found[key][row["regime"], row["kind"]] = row["backlog"]
        return found


def _columns(rows: Iterable[Sequence[object]], width: int) -> list[list[object]]:
    """Turn rows into one array per column, for ``unnest``."""
    return [list(it) for it in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _new_slot(key: SlotKey) -> tuple[str, str, str, str, str, date, date]:
    period = parse_period(key.period)
    if period is None:
        raise LookupError(f"no period {key.period}; the desk asks for known slots only")
    return *key, period.regime, period.kind, period.first_day, period.last_day


def _slot_row(slot: Slot) -> tuple[object, ...]:
    return (
        *slot.key,
        slot.revision,
        slot.figures_hash,
        slot.first_received_at,
        slot.due_at,
        slot.deadline_rule,
        slot.on_time,
        slot.backlog,
    )


def _slot(row: asyncpg.Record) -> Slot:
    return Slot(
        SlotKey(row["unit"], row["form"], row["period"]),
        row["revision"],
        row["figures_hash"],
        row["first_received_at"],
        row["due_at"],
        row["deadline_rule"],
        row["on_time"],
        row["backlog"],
    )


def _entry_row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.source,
        entry.event_id,
        entry.content_hash,
        entry.kind,
        entry.body,
        entry.received_at,
        entry.verdict,
        json.dumps([it.model_dump() for it in entry.findings], ensure_ascii=False),
        entry.unit,
        entry.form,
        entry.period,
        entry.unchanged,
        entry.revision,
        entry.form_version,
        entry.first_received_at,
        entry.due_at,
        entry.deadline_rule,
        entry.on_time,
    )


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(
        source=row["source"],
        event_id=row["event_id"],
        content_hash=row["content_hash"],
        kind=Kind(row["kind"]),
        body=row["body"],
        received_at=row["received_at"],
        verdict=row["verdict"],
        findings=tuple(Finding.model_validate(it) for it in json.loads(row["findings"])),
        unit=row["unit"],
        form=row["form"],
        period=row["period"],
        unchanged=row["unchanged"],
        revision=row["revision"],
        form_version=row["form_version"],
        first_received_at=row["first_received_at"],
        due_at=row["due_at"],
        deadline_rule=row["deadline_rule"],
        on_time=row["on_time"],
    )
