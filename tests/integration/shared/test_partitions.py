"""Partitions are read exactly from one offset up to another, whatever lies between."""

from collections.abc import Mapping

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaTimeoutError, OffsetOutOfRangeError

from shared.infra.errors import Partition
from shared.infra.kafka.partitions import (
    HeldOffsets,
    held_offsets,
    partition_consumer,
    read_until,
)
from tests.builders.plumbing import new_topic, publish


async def read(
    bootstrap: str,
    start: Mapping[Partition, int],
    end: Mapping[Partition, int],
    silence_seconds_max: float = 30,
) -> list[bytes | None]:
    """Read the values of all records between two offsets, two at a time."""
    async with partition_consumer(bootstrap) as consumer:
        batches = read_until(
            consumer, start, end, records_max=2, silence_seconds_max=silence_seconds_max
        )
        return [record.value async for records in batches for record in records]


async def test_records_between_two_offsets_are_read(kafka: str) -> None:
    """The start is included, the end is not."""
    partition = Partition(await new_topic(kafka), 0)
    await publish(kafka, partition.topic, [b"0", b"1", b"2", b"3", b"4"])

    assert await read(kafka, {partition: 1}, {partition: 4}) == [b"1", b"2", b"3"]


async def test_partition_that_is_behind_nothing_is_not_read(kafka: str) -> None:
    """A start at the end yields no batch, and waits for none."""
    partition = Partition(await new_topic(kafka), 0)

    assert await read(kafka, {}, {partition: 0}) == []


async def test_offsets_without_a_record_are_passed_over(kafka: str) -> None:
    """The marker of a transaction takes an offset: the end is reached behind it all the same."""
    partition = Partition(await new_topic(kafka), 0)
    client = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=partition.topic)
    async with client as producer, producer.transaction():
        await producer.send(partition.topic, b"0", partition=0)

    async with partition_consumer(kafka) as consumer:
        held = await held_offsets(consumer, [partition])
    assert held == {partition: HeldOffsets(0, 2)}
    assert await read(kafka, {}, {partition: 2}) == [b"0"]


async def test_record_that_is_gone_is_noticed(kafka: str) -> None:
    """Reading never begins later than it was asked to."""
    partition = Partition(await new_topic(kafka), 0)
    await publish(kafka, partition.topic, [b"0", b"1"])
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.delete_records({partition: RecordsToDelete(before_offset=1)})
    await admin.close()

    with pytest.raises(OffsetOutOfRangeError):
        await read(kafka, {}, {partition: 2})


async def test_log_that_ends_too_early_does_not_hold_up_for_ever(kafka: str) -> None:
    """Records that never arrive are an error, not an endless wait."""
    partition = Partition(await new_topic(kafka), 0)
    await publish(kafka, partition.topic, [b"0"])

    with pytest.raises(KafkaTimeoutError, match="does not advance from 1"):
        await read(kafka, {}, {partition: 2}, silence_seconds_max=0.5)
