"""
What of some topics is unread: asks Kafka where logs end and looks at them, reading for nobody.

Two kinds of connections: one only asks, since a question over a connection that fetches waits for
the fetch; the others fetch what they are told to look at. None belongs to a group, so nothing is
committed and no consumer is disturbed. They are made when they are first needed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple, TypeVar

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    LeaderNotAvailableError,
    NotLeaderForPartitionError,
)

from shared.infra.errors import LogHeld, Partition
from shared.infra.health import Condition
from shared.infra.kafka.logs import LogClient, LogState, log_client
from shared.infra.kafka.partitions import groupless_consumer
from shared.infra.kafka.positions import Positions, StoredPosition, reason_to_hold
from shared.infra.kafka.records import Passage, Record

ANSWER_SECONDS_MAX = 5.0
_POLL_MS = 100
_FETCH_BYTES_MAX = 4_194_304
"""A look needs little at a time."""


T = TypeVar("T")


class Span(NamedTuple):
    """Offsets of one partition, the end not included."""

    start: int
    end: int


class Looked(NamedTuple):
    """The records that were seen of a span; there is no other one before ``reached``."""

    records: Sequence[Record]
    reached: int
    problem: str = ""
    """Why the rest could not be looked into; empty when all was, or the time was up."""


class UnreadLog:
    """Questions about the logs of one broker; to be asked ``in_time``. All raise KafkaError."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._open = AsyncExitStack()
        self._asking: LogClient | None = None
        self._looking: dict[bool, AIOKafkaConsumer] = {}

    async def close(self) -> None:
        """Give the connections back; the next question makes new ones."""
        self._asking, self._looking = None, {}
        closing, self._open = self._open, AsyncExitStack()
        await asyncio.sleep(0)  # aiokafka's stop() fails while its own task has not begun
        await closing.aclose()

    async def logs(self, wanted: Callable[[str], bool]) -> Mapping[Partition, LogState | None]:
        """Return the logs of all topics whose name is *wanted*; None where there is no leader."""
        asking = await self._ask()
        names = await asking.names()
        sizes = {name: size for name, size in names.items() if wanted(name)}
        found = await _again_while_leaders_change(lambda: asking.describe(sizes))
        partitions = {Partition(name, n) for name, size in sizes.items() for n in range(size)}
        return {it: found.get(it) for it in partitions | found.keys()}

    async def stable_ends(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """Return the end of what no open transaction hides."""
        asking = await self._ask()
        return await _again_while_leaders_change(lambda: asking.stable_ends(partitions))

    async def look(
        self,
        spans: Mapping[Partition, Span],
        *,
        committed: bool,
        seconds: float,
        first_only: bool = False,
    ) -> Mapping[Partition, Looked]:
        """
        Look at the records of each span from its start on, for so many *seconds* at most.

        With *first_only* a partition is left as soon as there is a record of it. Without
        *committed* also what open and aborted transactions wrote is looked at. Offsets that hold
        no record are passed over. A partition that fails does not keep another from being looked
        at; its ``problem`` says why.
        """
        until = time.monotonic() + seconds
        try:
            return await self._look(spans, committed, until, first_only)
        except KafkaError as problem:
            if len(spans) == 1:
                ((partition, span),) = spans.items()
                return {partition: Looked((), span.start, repr(problem))}
        found: dict[Partition, Looked] = {}
        for partition, span in spans.items():  # one of them fails: find out which
            found |= await self.look(
                {partition: span},
                committed=committed,
                seconds=seconds / len(spans),
                first_only=first_only,
            )
        return found

    async def _look(
        self, spans: Mapping[Partition, Span], committed: bool, until: float, first_only: bool
    ) -> Mapping[Partition, Looked]:
        found: dict[Partition, list[Record]] = {it: [] for it in spans}
        reached = {it: span.start for it, span in spans.items()}
        consumer = await self._consumer(committed)
        consumer.assign(list(spans))
        try:
            for partition, span in spans.items():
                consumer.seek(partition, span.start)
            while (remaining := until - time.monotonic()) > 0 and (
                left := [
                    it
                    for it, span in spans.items()
                    if reached[it] < span.end and not (first_only and found[it])
                ]
            ):
                batches = await consumer.getmany(
                    *left, timeout_ms=min(_POLL_MS, int(remaining * 1000))
                )
                for partition, batch in batches.items():
                    end = spans[partition].end
                    found[partition] += [it for it in batch if it.offset < end and _is_record(it)]
                for partition in left:
                    position = await consumer.position(partition)
                    reached[partition] = min(position, spans[partition].end)
        finally:
            consumer.unsubscribe()  # nothing is fetched between two looks
        return {it: Looked(found[it], reached[it]) for it in spans}

    async def _ask(self) -> LogClient:
        if self._asking is None:
            self._asking = await self._open.enter_async_context(log_client(self._bootstrap))
        return self._asking

    async def _consumer(self, committed: bool) -> AIOKafkaConsumer:
        if committed not in self._looking:
            consumer = groupless_consumer(
                self._bootstrap, committed=committed, fetch_bytes_max=_FETCH_BYTES_MAX
            )
            self._open.push_async_callback(consumer.stop)
            await consumer.start()
            self._looking[committed] = consumer
        return self._looking[committed]


class TopicProgress:
    """How far one topic has been applied, by what Kafka holds and by the stored positions."""

    def __init__(
        self, log: UnreadLog, topic: str, stored: Callable[[], Awaitable[Positions]]
    ) -> None:
        self._log = log
        self._topic = topic
        self._stored = stored
        self._before: Mapping[Partition, int] = {}
        self._stands: set[Partition] = set()

    async def ends(self) -> Mapping[Partition, int]:
        """
        Return where the partitions end now.

        Raises:
            KafkaError: Kafka does not say.
            LogHeld: the topic is not the one that was read before, or lost records unread.

        """
        stored = await self._stored()
        positions = {it: position.next_offset for it, position in stored.items()}
        self._stands = {it for it, at in positions.items() if self._before.get(it) == at}
        self._before = positions
        async with in_time():
            logs = await self._log.logs(self._topic.__eq__)
        ends = {it: state.end for it, state in logs.items() if state is not None}
        if not ends or len(ends) < len(logs):
            raise KafkaError(f"{self._topic} is missing, or a partition of it has no leader")
        if held := {
            it: why
            for it, state in logs.items()
            if state and (why := held_by(stored.get(it, StoredPosition()), state))
        }:
            raise LogHeld(held)
        return ends

    async def has_passed(self, ends: Mapping[Partition, int]) -> bool:
        """
        Tell whether every record before *ends* has been applied.

        Where a position stands before an end there may be no record: the marker of a transaction,
        or what compaction left empty.
        """
        stored = await self._stored()
        start = {it: stored.get(it, StoredPosition()).next_offset for it in ends}
        left = {it: Span(start[it], end) for it, end in ends.items() if start[it] < end}
        if not left or not left.keys() <= self._stands:
            return not left
        async with in_time():
            looked = await self._log.look(left, committed=True, seconds=1, first_only=True)
        return all(not it.records and it.reached == left[at].end for at, it in looked.items())

    async def close(self) -> None:
        """Give the connections back."""
        await self._log.close()


def held_by(stored: StoredPosition, log: LogState) -> Condition | None:
    """Return why nothing can be concluded from a position; None if it fits the log."""
    return stored.held_because or reason_to_hold(stored, log)


async def _again_while_leaders_change(ask: Callable[[], Awaitable[T]]) -> T:
    """Return what *ask* returns; a leader that has just changed may not know that it is one."""
    while True:
        try:
            return await ask()
        except (NotLeaderForPartitionError, LeaderNotAvailableError):
            await asyncio.sleep(_POLL_MS / 1000)


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Raise KafkaError when the answers inside of the block take too long together."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            yield
    except TimeoutError as problem:
        raise KafkaTimeoutError("Kafka does not say how far its partitions go") from problem


def _is_record(record: Record) -> bool:
    """Tell offsets of records, also of a batch that stays packed, from those that hold none."""
    return not isinstance(record, Passage) or record.reason is not None
