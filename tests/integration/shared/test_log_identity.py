"""Offsets mean nothing without the log that they are of: another log is never taken for it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from aiokafka.errors import KafkaError
from pydantic import SecretStr

from shared.contracts.topics import TopicSpec
from shared.infra.errors import LogHeld, Partition
from shared.infra.health import Condition, Health
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.positions import (
    StoredPosition,
    StreamPartition,
    accept_loss,
    stored_positions,
)
from shared.infra.postgres.database import Database
from shared.infra.settings import ServiceSettings
from tests.builders.logs import delete_before, log_of, make_again
from tests.builders.plumbing import (
    counting,
    counting_stream,
    migrated,
    new_topic,
    number,
    publish,
    seen,
)
from tests.eventually import eventually
from tests.integration.shared.test_consumer import records_of


@dataclass
class Reading:
    """A consumer at work on one topic."""

    kafka: str
    database: Database
    topic: str
    health: Health
    reader: ConsumerSupervisor[int]

    async def has_seen(self, numbers: list[int]) -> None:
        async def complete() -> bool:
            return await seen(self.database) == numbers

        await eventually(complete, seconds=30)

    async def reports(self, condition: Condition | None, number: int = 0) -> None:
        part = f"log {self.topic}/{number}"

        async def reported() -> bool:
            found = self.health.complaints.get(part)
            return (found.condition if found else None) is condition

        await eventually(reported, seconds=30)

    async def does_not_say_how_far_it_is_behind(self) -> None:
        async def refused() -> bool:
            try:
                await self.reader.behind()
            except LogHeld:
                return True
            except KafkaError:  # it has not joined its group yet
                return False
            raise RuntimeError("it says that it knows")

        await eventually(refused)

    async def operator_accepts(self) -> None:
        partition = Partition(self.topic, 0)
        state = await log_of(self.kafka, partition)
        async with self.database.connection() as connection:
            key = StreamPartition("test", partition)
            assert await accept_loss(connection, key, state, "an operator", "Số 1")


@asynccontextmanager
async def reading(
    kafka: str, url: str, topic: str, *, keyed_states: bool = False
) -> AsyncIterator[Reading]:
    async with migrated(url) as database:
        health = Health()
        settings = ServiceSettings(kafka=kafka, database=SecretStr(url), http_port=1)
        subscription = replace(counting(topic), keyed_states=keyed_states)
        reader = ConsumerSupervisor(subscription, "test", settings, database, health)
        task = asyncio.create_task(reader.run())
        try:
            yield Reading(kafka, database, topic, health, reader)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def positions(database: Database) -> Mapping[int, StoredPosition]:
    async with database.connection() as connection:
        found = await stored_positions(connection, "test")
    return {key.partition.partition: it for key, it in found.items()}


def numbers(first: int, last: int) -> list[bytes]:
    return [b"%d" % it for it in range(first, last + 1)]


async def test_a_topic_made_again_while_nobody_read_waits_for_an_operator(
    kafka: str, postgres_url: str
) -> None:
    """It is longer than what was read of the old one: its first records would pass for old ones."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, numbers(1, 3))
    async with reading(kafka, postgres_url, topic) as it:
        await it.has_seen([1, 2, 3])
    await make_again(kafka, TopicSpec(topic, 1))
    await publish(kafka, topic, numbers(11, 16))

    for _ in range(2):  # a restart decides nothing
        async with reading(kafka, postgres_url, topic) as it:
            await it.reports(Condition.LOG_REPLACED)
            await it.does_not_say_how_far_it_is_behind()
            assert await seen(it.database) == [1, 2, 3]
            advice = it.health.complaints[f"log {topic}/0"].detail
    async with reading(kafka, postgres_url, topic) as it:
        await it.reports(Condition.LOG_REPLACED)
        await it.operator_accepts()
        await it.has_seen([1, 2, 3, *range(11, 17)])
        await it.reports(None)
        async with it.database.connection() as connection:
            recorded = await connection.fetch(
                "SELECT accepted_by, document, because, next_offset, new_next_offset"
                " FROM accepted_loss"
            )

    assert "qcdc positions accept-loss --service test" in advice
    assert [tuple(row) for row in recorded] == [("an operator", "Số 1", "log_replaced", 3, 0)]


async def test_a_topic_made_again_under_a_running_consumer_is_found(
    kafka: str, postgres_url: str
) -> None:
    """Nothing of the new log is lost, and others are read on."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, numbers(1, 3))

    async with reading(kafka, postgres_url, topic) as it:
        await it.has_seen([1, 2, 3])
        await make_again(kafka, TopicSpec(topic, 1))
        await publish(kafka, topic, numbers(11, 16))
        await it.reports(Condition.LOG_REPLACED)
        before = await seen(it.database)
        await it.operator_accepts()

        async def complete() -> bool:
            return {*await seen(it.database)} == {1, 2, 3, *range(11, 17)}

        await eventually(complete, seconds=30)
        await it.reports(None)

    # What came between the making and the look may have been applied, and is applied again.
    assert before[:3] == [1, 2, 3]


async def test_unread_records_that_retention_deleted_wait_for_an_operator(
    kafka: str, postgres_url: str
) -> None:
    """What is still there is read after the decision, and only then."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, numbers(1, 3))
    async with reading(kafka, postgres_url, topic) as it:
        await it.has_seen([1, 2, 3])
    await publish(kafka, topic, numbers(4, 8))
    await delete_before(kafka, Partition(topic, 0), 6)

    async with reading(kafka, postgres_url, topic) as it:
        await it.reports(Condition.LOST_WINDOW)
        before = await seen(it.database)
        await it.operator_accepts()
        await it.has_seen([1, 2, 3, 7, 8])
        await it.reports(None)

    assert before == [1, 2, 3]


async def test_records_deleted_before_the_first_look_wait_too(
    kafka: str, postgres_url: str
) -> None:
    """A partition that was never read begins at 0, not at whatever is left."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, numbers(1, 5))
    await delete_before(kafka, Partition(topic, 0), 3)

    async with reading(kafka, postgres_url, topic) as it:
        await it.reports(Condition.LOST_WINDOW)
        before = await seen(it.database)
        await it.operator_accepts()
        await it.has_seen([4, 5])

    assert before == []


@pytest.mark.parametrize(
    "other",
    [
        "cluster_id = 'another cluster'",
        "newest_checksum = newest_checksum + 1",
        "newest_timestamp_ms = newest_timestamp_ms - 1",
        "next_offset = 9, newest_offset = 8",
    ],
)
async def test_another_cluster_record_or_length_is_found_at_the_start(
    kafka: str, postgres_url: str, other: str
) -> None:
    """A broker with an empty disk, an offset used again, a log that was cut: nothing was read."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, numbers(1, 3))
    async with reading(kafka, postgres_url, topic) as it:
        await it.has_seen([1, 2, 3])
        async with it.database.connection() as connection:
            await connection.execute(f"UPDATE position SET {other}")
    await publish(kafka, topic, numbers(4, 5))

    async with reading(kafka, postgres_url, topic) as it:
        await it.reports(Condition.LOG_REPLACED)
        counted = await seen(it.database)

    assert counted == [1, 2, 3]


async def test_only_the_partition_concerned_is_held(kafka: str, postgres_url: str) -> None:
    """One partition that waits for an operator is one partition."""
    topic = await new_topic(kafka, partitions=2)
    await publish(kafka, topic, numbers(1, 2))
    await publish(kafka, topic, numbers(3, 4), partition=1)
    await delete_before(kafka, Partition(topic, 0), 1)

    async with reading(kafka, postgres_url, topic) as it:
        await it.has_seen([3, 4])
        await it.reports(Condition.LOST_WINDOW)
        await publish(kafka, topic, numbers(5, 5), partition=1)
        await it.has_seen([3, 4, 5])
        await it.reports(None, number=1)


async def test_a_held_position_refuses_a_batch(kafka: str, postgres_url: str) -> None:
    """A second instance that has not looked yet must not slip past."""
    topic = await new_topic(kafka, partitions=2)
    await publish(kafka, topic, numbers(1, 3))
    records = await records_of(kafka, topic)

    async with migrated(postgres_url) as database:
        inbox = counting_stream(database)
        await inbox.apply(records[:1], [1])
        async with database.connection() as connection:
            await connection.execute(
                "UPDATE position SET held_because = 'lost_window', held_since = now()"
            )
        elsewhere = replace(records[0], partition=1, offset=0, value=b"7")
        with pytest.raises(LogHeld) as held:
            await inbox.apply([*records[1:], elsewhere], [2, 3, 7])
        counted = await seen(database)
        stored = await positions(database)

    assert held.value.held == {Partition(topic, 0): Condition.LOST_WINDOW}
    assert counted == [1, 7]
    assert stored[0].next_offset == 1


async def test_a_batch_of_another_log_is_refused(kafka: str, postgres_url: str) -> None:
    """The row says which log it is about; what an instance knows to be another one waits."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, numbers(1, 2))
    records = await records_of(kafka, topic)
    before = (await log_of(kafka, Partition(topic, 0))).id

    async with migrated(postgres_url) as database:
        inbox = counting_stream(database)
        inbox.logs[topic] = before
        await inbox.apply(records[:1], [number(records[0])])
        inbox.logs[topic] = before._replace(topic="another")
        with pytest.raises(LogHeld):
            await inbox.apply(records[1:], [2])
        stored = await positions(database)

    assert stored[0].log == before
    assert stored[0].next_offset == 1


async def test_a_position_of_an_earlier_release_takes_over_what_lies_there(
    kafka: str, postgres_url: str
) -> None:
    """Nobody has to do anything at the upgrade."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, numbers(1, 3))
    async with migrated(postgres_url) as database, database.connection() as connection:
        await connection.execute("INSERT INTO position VALUES ('test', $1, 0, 2)", topic)

    async with reading(kafka, postgres_url, topic) as it:
        await it.has_seen([3])
        stored = (await positions(it.database))[0]
        log = await log_of(kafka, Partition(topic, 0))

    assert stored.log == log.id
    assert stored.newest is not None
    assert stored.newest.offset == 2


async def test_a_topic_of_whole_states_is_read_again_by_itself(
    kafka: str, postgres_url: str
) -> None:
    """Nobody has anything to decide where the newest record of a key is all there is to know."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, numbers(1, 3))

    async with reading(kafka, postgres_url, topic, keyed_states=True) as it:
        await it.has_seen([1, 2, 3])
    await make_again(kafka, TopicSpec(topic, 1))
    await publish(kafka, topic, numbers(11, 14))
    async with reading(kafka, postgres_url, topic, keyed_states=True) as it:
        await it.has_seen([1, 2, 3, 11, 12, 13, 14])
        await it.reports(None)
        async with it.database.connection() as connection:
            recorded = await connection.fetchval("SELECT because FROM accepted_loss")

    assert recorded == "log_replaced"
