"""Nothing is lost and nothing counted twice between a topic and a table, whatever happens."""

import asyncio
import itertools

import pytest
from aiokafka import AIOKafkaConsumer
from pydantic import SecretStr

from shared.infra.dead_letters import newest, open_breakers, reset_breakers
from shared.infra.errors import BreakerOpen, Partition, PositionGap
from shared.infra.health import Condition, Health
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.records import Record
from shared.infra.postgres.database import Database
from shared.infra.settings import ServiceSettings
from tests.builders.plumbing import (
    counting,
    counting_stream,
    dead_letters,
    migrated,
    new_topic,
    number,
    publish,
    running,
    seen,
)
from tests.eventually import eventually


async def records_of(bootstrap: str, topic: str) -> list[Record]:
    """Read a whole partition, as the driver would hand it over."""
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        found: list[Record] = []

        async def all_there() -> bool:
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                found.extend(batch)
            ends = await consumer.end_offsets(consumer.assignment())
            return bool(found) and len(found) == sum(ends.values())

        await eventually(all_there)
        return found


async def test_every_record_is_counted_once(kafka: str, postgres_url: str) -> None:
    """The plain case, from history that was written before the group existed."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"%d" % it for it in range(2500)])

    async with running(kafka, postgres_url, topic) as it:

        async def complete() -> bool:
            return await seen(it.database) == list(range(2500))

        await eventually(complete)


async def test_a_database_that_is_away_is_not_taken_for_kafka(kafka: str) -> None:
    """Whoever is called at night looks at the server that the reason names."""
    topic, health = await new_topic(kafka), Health()
    database = Database("postgresql://nobody@127.0.0.1:9/none", application="test")
    settings = ServiceSettings(kafka=kafka, database=SecretStr(database.url), http_port=1)
    reader = ConsumerSupervisor(counting(topic), "test", settings, database, health)
    await database.open()
    task = asyncio.create_task(reader.run())

    async def blamed() -> bool:
        return health.complaints[reader.part].condition is Condition.DATABASE_UNAVAILABLE

    try:
        await eventually(blamed)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await database.close()


async def test_undecodable_header_loses_nothing(kafka: str, postgres_url: str) -> None:
    """FastStream loses the whole batch over one such header, under every policy."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", b"2"])
    await publish(kafka, topic, [b"3"], headers=[("x", b"\xff\xfe")])
    await publish(kafka, topic, [b"4"])

    async with running(kafka, postgres_url, topic) as it:

        async def complete() -> bool:
            return await seen(it.database) == [1, 2, 3, 4]

        await eventually(complete)


async def test_unreadable_records_are_kept_and_do_not_hold_up_others(
    kafka: str, postgres_url: str
) -> None:
    """A tombstone, broken text and an empty body between good neighbours."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", None, b"\xff", b"", b"2"])

    async with running(kafka, postgres_url, topic) as it:

        async def complete() -> bool:
            return await seen(it.database) == [1, 2]

        await eventually(complete)
        kept = await dead_letters(it.database)

    assert kept == [(1, "not_a_number"), (2, "not_a_number"), (3, "not_a_number")]


async def test_breaker_stops_after_twenty_and_goes_on_after_a_reset(
    kafka: str, postgres_url: str
) -> None:
    """A broken deployment of ours must not drain the topic into the bin."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", *[b"bad"] * 30, b"2"])

    async with running(kafka, postgres_url, topic) as it:

        async def stopped() -> bool:
            return any(part.startswith("breaker") for part in it.health.complaints)

        await eventually(stopped)
        parked = len(await dead_letters(it.database))
        before_reset = await seen(it.database)
        async with it.database.connection() as connection:
            waiting = await open_breakers(connection)
            listed = await newest(connection, 50)
            await reset_breakers(connection)

        async def complete() -> bool:
            return await seen(it.database) == [1, 2] and not it.health.complaints

        await eventually(complete)

    assert waiting == {Partition(topic, 0)}
    assert {(it.reason, it.beginning) for it in listed} == {("not_a_number", "bad")}
    assert parked == len(listed) == 20
    assert before_reset == [1]


async def test_same_batch_applied_by_two_owners_counts_once(kafka: str, postgres_url: str) -> None:
    """A paused process that wakes up holds a batch that its successor has applied already."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", b"2", b"3"])
    records = await records_of(kafka, topic)
    reference = [number(it) for it in records]

    async with migrated(postgres_url) as database:
        stream = counting_stream(database)
        await asyncio.gather(*(stream.apply(records, reference) for _ in range(4)))
        counted = await seen(database)

    assert counted == [1, 2, 3]


async def test_batch_beyond_the_position_is_refused(kafka: str, postgres_url: str) -> None:
    """What was skipped, for whatever reason, is read again instead of lost."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", b"2", b"3"])
    records = await records_of(kafka, topic)

    async with migrated(postgres_url) as database:
        stream = counting_stream(database)
        with pytest.raises(PositionGap):
            await stream.apply(records[1:], [2, 3])
        counted = await seen(database)

    assert counted == []


async def test_reader_rewinds_itself_after_a_restore(kafka: str, postgres_url: str) -> None:
    """A database restored from yesterday's backup needs no procedure, and no new record."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", b"2", b"3"])

    async with running(kafka, postgres_url, topic) as it:

        async def complete() -> bool:
            return await seen(it.database) == [1, 2, 3]

        await eventually(complete)
        async with it.database.connection() as connection:
            await connection.execute("DELETE FROM seen WHERE n > 1")
            await connection.execute("UPDATE position SET next_offset = 1")

        await eventually(complete)


async def test_a_stalled_consumer_is_replaced(
    kafka: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a rebalance aiokafka may stay connected and fetch nothing more."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", b"2", b"3"])
    started: list[AIOKafkaConsumer] = []

    class FirstOneStalls(AIOKafkaConsumer):  # type: ignore[misc] # it has no types
        async def start(self) -> None:
            started.append(self)
            await super().start()

        async def getmany(self, *partitions: Partition, **options: int) -> dict[Partition, object]:
            stalled = self is started[0]
            return {} if stalled else await super().getmany(*partitions, **options)

    monkeypatch.setattr("aiokafka.AIOKafkaConsumer", FirstOneStalls)
    monkeypatch.setattr("shared.infra.kafka.progress.STALLED_AFTER_SECONDS", 1.0)

    async with running(kafka, postgres_url, topic) as it:

        async def reported() -> bool:
            conditions = {complaint.condition for complaint in it.health.complaints.values()}
            return Condition.BEHIND_WITHOUT_PROGRESS in conditions

        async def complete() -> bool:
            return await seen(it.database) == [1, 2, 3] and not it.health.complaints

        await eventually(reported)
        await eventually(complete)


async def test_a_partition_that_stands_beside_a_busy_one_is_noticed(
    kafka: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sum of all positions moved on, so nobody ever saw it."""
    topic = await new_topic(kafka, 2)
    await publish(kafka, topic, [b"-1"], partition=1)
    stands = f"partition {topic}/1"
    started: list[AIOKafkaConsumer] = []
    busy = Partition(topic, 0)

    class FirstOneReadsHalf(AIOKafkaConsumer):  # type: ignore[misc] # it has no types
        async def start(self) -> None:
            started.append(self)
            await super().start()

        async def getmany(self, *partitions: Partition, **options: int) -> dict[Partition, object]:
            only = [busy] if self is started[0] else partitions
            fetched: dict[Partition, object] = await super().getmany(*only, **options)
            return fetched

    monkeypatch.setattr("aiokafka.AIOKafkaConsumer", FirstOneReadsHalf)
    monkeypatch.setattr("shared.infra.kafka.progress.STALLED_AFTER_SECONDS", 2.0)
    reported: list[str] = []

    async with running(kafka, postgres_url, topic) as it:
        numbers = itertools.count()

        async def read_at_last() -> bool:
            await publish(kafka, topic, [b"%d" % next(numbers)])
            reported.extend(part for part in it.health.complaints if part == stands)
            return -1 in await seen(it.database)

        await eventually(read_at_last, seconds=60)

        async def nothing_is_wrong() -> bool:
            return not it.health.complaints

        await eventually(nothing_is_wrong)
    assert reported
    assert len(started) == 2


async def test_a_start_that_never_ends_is_begun_again(
    kafka: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for its group for ever reads nothing, and says no more than "starting"."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1"])
    started: list[AIOKafkaConsumer] = []

    class FirstOneHangs(AIOKafkaConsumer):  # type: ignore[misc] # it has no types
        async def start(self) -> None:
            started.append(self)
            if len(started) == 1:
                await asyncio.Event().wait()
            await super().start()

    monkeypatch.setattr("aiokafka.AIOKafkaConsumer", FirstOneHangs)
    monkeypatch.setattr("shared.infra.kafka.consumer.START_SECONDS_MAX", 3.0)

    async with running(kafka, postgres_url, topic) as it:

        async def read() -> bool:
            return await seen(it.database) == [1]

        await eventually(read, seconds=30)

    assert len(started) == 2


async def test_failing_change_leaves_no_trace(kafka: str, postgres_url: str) -> None:
    """State, quarantine and position move together or not at all."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", b"bad"])
    records = await records_of(kafka, topic)

    async with migrated(postgres_url) as database:

        async def fail(*_: object) -> None:
            raise OSError("the database went away")

        stream = Inbox[int](database, "test", fail, "test")
        with pytest.raises(OSError, match="went away"):
            await stream.apply(records, [*map(number, records)])
        positions = await counting_stream(database).positions()
        kept = await dead_letters(database)

    assert positions == {}
    assert kept == []


async def test_breaker_reports_where_it_stopped(kafka: str, postgres_url: str) -> None:
    """Everything before the stop is durable; the offset says where to go on."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"bad"] * 25)
    records = await records_of(kafka, topic)

    async with migrated(postgres_url) as database:
        with pytest.raises(BreakerOpen) as stopped:
            await counting_stream(database).apply(records, [*map(number, records)])

    assert list(stopped.value.positions.values()) == [20]
