"""
Read partitions from one offset up to another, once.

No consumer group: nothing is committed, and no other consumer is disturbed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaTimeoutError

from shared.infra.errors import Partition
from shared.infra.kafka import fetching
from shared.infra.kafka.records import Passage, Record

SILENCE_SECONDS_MAX = 30.0
_POLL_MS = 200
FETCH_BYTES_MAX = 52_428_800
"""What a broker answers at a time: aiokafka's default, for who reads all there is."""


class HeldOffsets(NamedTuple):
    """The oldest offset that a partition holds, and the offset of its next record."""

    first: int
    end: int


def groupless_consumer(
    bootstrap: str, *, committed: bool = True, fetch_bytes_max: int = FETCH_BYTES_MAX
) -> AIOKafkaConsumer:
    """Return a consumer without a group; *committed* hides what open transactions wrote."""
    fetching.install()
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="none",  # a record that is gone must be noticed, not skipped
        isolation_level="read_committed" if committed else "read_uncommitted",
        fetch_max_wait_ms=_POLL_MS,
        fetch_max_bytes=fetch_bytes_max,
    )


@asynccontextmanager
async def partition_consumer(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Return a started consumer without a group, and stop it in the end."""
    consumer = groupless_consumer(bootstrap)
    try:
        await consumer.start()
        # aiokafka's stop() fails while the task that start() made has not begun.
        await asyncio.sleep(0)
        yield consumer
    finally:
        await consumer.stop()


async def held_offsets(
    consumer: AIOKafkaConsumer, partitions: Collection[Partition]
) -> Mapping[Partition, HeldOffsets]:
    """Ask the broker what the partitions hold. Ask before reading: later it waits for a fetch."""
    first = await consumer.beginning_offsets(partitions)
    end = await consumer.end_offsets(partitions)
    return {it: HeldOffsets(first[it], end[it]) for it in partitions}


async def read_until(
    consumer: AIOKafkaConsumer,
    start: Mapping[Partition, int],
    end: Mapping[Partition, int],
    *,
    records_max: int | None = None,
    silence_seconds_max: float = SILENCE_SECONDS_MAX,
) -> AsyncIterator[Sequence[Record]]:
    """
    Yield the records of each partition from *start* up to *end*, not including it.

    An offset that holds no record, or one that stays packed, is passed over.

    Raises:
        OffsetOutOfRangeError: when the partition no longer holds a start offset.
        KafkaTimeoutError: when no partition advances for *silence_seconds_max*.

    """
    consumer.assign(list(end))
    for partition in end:
        consumer.seek(partition, start.get(partition, 0))
    before: Mapping[Partition, int] = {}
    advanced_at = time.monotonic()
    while behind := [it for it in end if await consumer.position(it) < end[it]]:
        positions = {it: await consumer.position(it) for it in behind}
        if positions != before:
            before, advanced_at = positions, time.monotonic()
        elif time.monotonic() > advanced_at + silence_seconds_max:
            raise KafkaTimeoutError(f"{behind[0]} does not advance from {positions[behind[0]]}")
        fetched = await consumer.getmany(*behind, timeout_ms=_POLL_MS, max_records=records_max)
        records = [
            it for of_one in fetched.values() for it in of_one if not isinstance(it, Passage)
        ]
        if wanted := [it for it in records if it.offset < end[Partition(it.topic, it.partition)]]:
            yield wanted
