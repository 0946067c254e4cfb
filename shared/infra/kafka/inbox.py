"""
From a batch of Kafka to one transaction of PostgreSQL: the mechanism of all three services.

The transaction locks the stored position of each partition, drops what lies behind it, refuses a
gap, changes state, keeps what is unreadable, and moves the position. The row lock is the fence
against a second owner, not the group coordinator; the offset that Kafka keeps is only a hint.
It knows neither FastStream nor a business word. See ``docs/decisions/0001-one-mechanism.md``.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from shared.infra import dead_letters
from shared.infra.errors import BreakerOpen, LogHeld, Partition, PositionGap, ReleaseTooOld
from shared.infra.health import Condition
from shared.infra.kafka.bisection import Effect, places_refused
from shared.infra.kafka.breakers import Breaker
from shared.infra.kafka.logs import LogId, RecordStamp, stamp
from shared.infra.kafka.positions import Positions, log_id_of, stored_positions
from shared.infra.kafka.records import Newer, NoMessage, Passage, Poison, Record, first_offset
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, Database, load_queries, unstorable

QUERIES = load_queries(Path(__file__).parent / "inbox.sql")
F = TypeVar("F")
CANNOT_BE_STORED = "cannot_be_stored"
"""The reason of a dead letter that was decoded, and that the database then refused."""


@dataclass(slots=True)
class _Span(Generic[F]):
    """What is new of one partition in a batch, and where that leaves the partition."""

    next_offset: int
    breaker: Breaker
    now: datetime
    closes_itself: bool
    log: LogId | None = None
    held: Condition | None = None
    messages: list[F] = field(default_factory=list)
    unreadable: list[tuple[Record, str]] = field(default_factory=list)
    newer: str = ""
    stopped: bool = field(init=False)
    _newest: "Record | None" = None

    def __post_init__(self) -> None:
        self.stopped = not self.breaker.lets_through(self.now)

    def take(self, record: Record, message: F | Poison | NoMessage) -> None:
        """Go one record further, unless the partition is held or has stopped."""
        if self.held or self.newer or self.stopped or record.offset < self.next_offset:
            return
        if isinstance(message, Newer):
            self.newer = message.reason
            return
        if isinstance(message, NoMessage):
            pass
        elif not isinstance(message, Poison):
            self.messages.append(message)
        elif self.breaker.tolerates(self.now, closes_itself=self.closes_itself):
            self.unreadable.append((record, message.reason))
        else:
            self.stopped = True
            return
        self.next_offset = record.offset + 1
        if not isinstance(record, Passage):
            self._newest = record

    @property
    def newest(self) -> RecordStamp | None:
        """What is remembered of the newest record taken."""
        return stamp(self._newest) if self._newest is not None else None


class Inbox(Generic[F]):
    """One reader of topics: its name keys the stored positions, *change* is its effect."""

    def __init__(
        self,
        database: Database,
        name: str,
        change: Effect[F],
        service: str,
        *,
        breakers_close: bool = False,
    ) -> None:
        """With *breakers_close* an open breaker closes after a pause, not by an operator only."""
        self.database = database
        self.name = name
        self.service = service
        self.logs: dict[str, LogId] = {}
        """The log that each topic's name stands for now, as far as anybody has looked."""
        self._change = change
        self._breakers_close = breakers_close

    async def apply(
        self,
        records: Sequence[Record],
        messages: Sequence[F | Poison | NoMessage],
        holes: Collection[Partition] = (),
    ) -> None:
        """
        Make the effect of a batch durable, once, however often the batch is delivered.

        *holes* are partitions whose missing offsets are known to be legitimate (compaction,
        transaction markers). A message that the database refuses is taken for unreadable.

        Raises:
            PositionGap: nothing was changed; read again from the stored positions.
            BreakerOpen: everything before the reported positions is durable.
            ReleaseTooOld: as above, what follows is for a newer release.
            LogHeld: as above, but nothing of these partitions was applied.

        """
        readable = list(messages)
        while True:
            try:
                await self._apply(records, readable, holes)
                break
            except Exception as problem:
                if not unstorable(problem):
                    raise
                refused = await self._refused(records, readable)
                if not refused:
                    raise
            for place in refused:
                readable[place] = Poison(CANNOT_BE_STORED)

    async def _apply(
        self,
        records: Sequence[Record],
        messages: Sequence[F | Poison | NoMessage],
        holes: Collection[Partition],
    ) -> None:
        starts = _first_offsets(records)
        async with self.database.transaction() as connection:
            spans: dict[Partition, _Span[F]] = await self._lock(connection, list(starts))
            _refuse_gaps(spans, starts, holes)
            for record, message in zip(records, messages, strict=True):
                spans[Partition(record.topic, record.partition)].take(record, message)
            fresh = [message for span in spans.values() for message in span.messages]
            if fresh:
                await self._change(connection, fresh)
            unreadable = [it for span in spans.values() for it in span.unreadable]
            await dead_letters.keep(connection, self.service, unreadable)
            await self._move(connection, spans)
        _say_what_stopped(spans)

    async def _refused(
        self, records: Sequence[Record], messages: Sequence[F | Poison | NoMessage]
    ) -> Sequence[int]:
        """Return the places of the messages that the database refuses, and change nothing."""
        async with self.database.connection() as connection:
            trial = connection.transaction()
            await trial.start()
            try:
                spans: dict[Partition, _Span[F]] = await self._lock(
                    connection, list(_first_offsets(records))
                )
                fresh = [
                    (place, message)
                    for place, (it, message) in enumerate(zip(records, messages, strict=True))
                    if not isinstance(message, Poison | NoMessage)
                    and it.offset >= spans[Partition(it.topic, it.partition)].next_offset
                ]
                tried = [message for _, message in fresh]
                refused = await places_refused(connection, self._change, tried)
                return [fresh[it][0] for it in refused]
            finally:
                await trial.rollback()

    async def positions(self) -> Mapping[Partition, int]:
        """Return how far each partition has been read, for lag and watermarks."""
        return {partition: it.next_offset for partition, it in (await self.stored()).items()}

    async def stored(self) -> Positions:
        """Return how far each partition has been read, of which log, and what is held."""
        async with self.database.connection() as connection:
            found = await stored_positions(connection, self.name)
        return {key.partition: it for key, it in found.items()}

    async def open_breakers(self) -> set[Partition]:
        """Name the partitions whose breaker is open."""
        async with self.database.connection() as connection:
            return await dead_letters.open_breakers(connection, self.name)

    async def _lock(
        self, connection: Connection, partitions: list[Partition]
    ) -> dict[Partition, _Span[F]]:
        topics, numbers = [it.topic for it in partitions], [it.partition for it in partitions]
        rows = await connection.fetch(QUERIES["lock_positions"], self.name, topics, numbers)
        if len(rows) < len(partitions):
            await connection.execute(QUERIES["first_positions"], self.name, topics, numbers)
            rows = await connection.fetch(QUERIES["lock_positions"], self.name, topics, numbers)
        return {
            (partition := Partition(row["topic"], row["partition"])): _Span(
                row["next_offset"],
                Breaker(
                    row["unreadable"],
                    row["unreadable_since"],
                    row["breaker_openings"],
                    row["breaker_opened_at"],
                    row["breaker_closes_at"],
                ),
                row["now"],
                self._breakers_close,
                log_id_of(row) or self.logs.get(partition.topic),
                self._reason_to_hold(row),
            )
            for row in rows
        }

    def _reason_to_hold(self, row: Mapping[str, str | None]) -> Condition | None:
        """Nobody may have looked since the topic was made again, or another instance has."""
        held, read = row["held_because"], log_id_of(row)
        now = self.logs.get(row["topic"] or "")
        replaced = read is not None and now is not None and read != now
        return Condition(held) if held else Condition.LOG_REPLACED if replaced else None

    async def _move(self, connection: Connection, spans: Mapping[Partition, _Span[F]]) -> None:
        rows = [
            (
                *partition,
                span.next_offset,
                *astuple(span.breaker),
                *(span.log or (None, None)),
                *(span.newest or (None, None, None)),
            )
            for partition, span in spans.items()
            if not span.held
        ]
        if rows:
            await connection.execute(QUERIES["move_positions"], self.name, *columns(rows, 13))


def _refuse_gaps(
    spans: Mapping[Partition, _Span[F]],
    starts: Mapping[Partition, int],
    holes: Collection[Partition],
) -> None:
    """Raise PositionGap when a batch begins beyond a position; what is held is not read anyway."""
    if any(
        offset > spans[it].next_offset and it not in holes and not spans[it].held
        for it, offset in starts.items()
    ):
        raise PositionGap({it: span.next_offset for it, span in spans.items()})


def _say_what_stopped(spans: Mapping[Partition, _Span[F]]) -> None:
    """Raise for the partitions that stopped; of several kinds another batch will say the rest."""
    if stopped := {it: span.next_offset for it, span in spans.items() if span.stopped}:
        raise BreakerOpen(stopped)
    if newer := {it: (span.next_offset, span.newer) for it, span in spans.items() if span.newer}:
        raise ReleaseTooOld(newer)
    if held := {it: span.held for it, span in spans.items() if span.held}:
        raise LogHeld(held)


def _first_offsets(records: Sequence[Record]) -> dict[Partition, int]:
    starts: dict[Partition, int] = defaultdict()
    for record in records:
        starts.setdefault(Partition(record.topic, record.partition), first_offset(record))
    return starts
