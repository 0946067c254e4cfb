"""
Shared step: apply the log from its first record to an inbox.

Reads ``qcdc.reports.v1``; changes what the inbox changes. No consumer group: nothing is committed
to Kafka and no consumer is disturbed.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.aggregator.domain.reports import Revision
from services.aggregator.errors import LogTooShort, ReportTooNew
from shared.infra.dead_letters import reset_breakers
from shared.infra.errors import BreakerOpen, Partition, ReleaseTooOld
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.partitions import held_offsets, partition_consumer, read_until
from shared.infra.kafka.records import Poison, Record
from shared.infra.postgres.database import retryable

READERS = 3
"""So that one decodes while another waits for PostgreSQL."""

BATCH_RECORDS_MAX = 2000
ATTEMPTS_MAX = 5

Positions = Mapping[Partition, int]
"""The next offset of each partition."""


@dataclass(frozen=True)
class ReplaySource:
    """The broker, the decoder and the inbox of the records."""

    bootstrap: str
    inbox: Inbox[Revision]
    decode: Callable[[Record], Revision | Poison]
    cut_allowed: bool = False
    """Whether the first records of a partition may be gone, and republished at higher offsets."""


class Replay:
    """Reads shares of the partitions concurrently; a call continues where the last one ended."""

    def __init__(self, source: ReplaySource, progress: Callable[[int], None]) -> None:
        self._source = source
        self._progress = progress
        self.positions: dict[Partition, int] = {}
        self.replayed = 0
        """Records applied so far."""

    async def up_to(self, targets: Positions) -> None:
        """
        Apply every record before *targets*, and none from there on.

        Raises:
            ReportTooNew: when a newer release has counted what this one cannot read.
            LogTooShort: when the log does not reach to a target, or not from its first record.

        """
        partitions = sorted(it for it in targets if self.positions.get(it, 0) < targets[it])
        shares = [partitions[n::READERS] for n in range(READERS)]
        try:
            async with asyncio.TaskGroup() as group:
                for share in filter(None, shares):
                    group.create_task(self._read({it: targets[it] for it in share}))
        except ExceptionGroup as problems:
            raise problems.exceptions[0] from problems

    async def _read(self, targets: Positions) -> None:
        async with partition_consumer(self._source.bootstrap) as consumer:
            held = await held_offsets(consumer, targets)
            for partition, (first, end) in held.items():
                if end < targets[partition] or (first and not self._source.cut_allowed):
                    counted = f"{targets[partition]} counted"
                    raise LogTooShort(partition, f"offsets {first} to {end}, {counted}")
            start = {it: max(self.positions.get(it, 0), held[it].first) for it in targets}
            async for records in read_until(
                consumer, start, targets, records_max=BATCH_RECORDS_MAX
            ):
                await self._apply(records)
        self.positions.update(targets)

    async def _apply(self, records: Sequence[Record]) -> None:
        """Apply a batch; holes are legitimate, since reading skips no record."""
        messages = [self._source.decode(record) for record in records]
        holes = {Partition(it.topic, it.partition) for it in records}
        attempt = 0
        while True:
            try:
                await self._source.inbox.apply(records, messages, holes)
                break
            except BreakerOpen:
                await (
                    self._reset_breakers()
                )  # the live reader has passed it: an operator reset it there
            except ReleaseTooOld as newer:
                ((partition, (offset, _)), *_) = newer.stopped.items()
                raise ReportTooNew(partition, offset) from newer
            except Exception as problem:
                attempt += 1
                if attempt == ATTEMPTS_MAX or not retryable(problem):
                    raise
        self.replayed += len(records)
        for record in records:
            self.positions[Partition(record.topic, record.partition)] = record.offset + 1
        self._progress(sum(self.positions.values()))

    async def _reset_breakers(self) -> None:
        async with self._source.inbox.database.connection() as connection:
            await reset_breakers(connection)
