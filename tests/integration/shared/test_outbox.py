"""The outbox: what one topic refuses holds up that topic, and nothing overtakes its barrier."""

import signal
import time
import uuid
from dataclasses import replace
from functools import partial

import pytest
from aiokafka import AIOKafkaProducer

from shared.infra.health import Condition, Health
from shared.infra.kafka.broker import producer
from shared.infra.kafka.outbox import MESSAGE_BYTES_MAX, acknowledged
from shared.infra.postgres.database import Database
from shared.infra.postgres.locks import AdvisoryLock, try_lock_name
from tests.builders.outbox import REFUSE, configure, left, numbers_on, outgoing, relaying, write
from tests.builders.plumbing import delete_topics, migrated, new_topic
from tests.builders.relay_process import stopped_relay
from tests.eventually import eventually


async def test_a_watermark_waits_for_the_reports_that_kafka_refuses(
    kafka: str, postgres_url: str
) -> None:
    """It vouches for them: who reads it accuses whoever has no report (safety finding 1)."""
    reports, watermarks = await new_topic(kafka), await new_topic(kafka)
    await configure(kafka, reports, REFUSE)
    async with migrated(postgres_url) as database, relaying(database, kafka) as (_, health):
        await write(
            database,
            *(outgoing(reports, it) for it in range(5)),
            outgoing(watermarks, 0, after=reports),
            outgoing(reports, 5),
        )
        await eventually(lambda: _refused(health.complaints))
        overtaking = await numbers_on(kafka, watermarks)

        await configure(kafka, reports, {})
        await eventually(lambda: _all_left(database, reports, watermarks), seconds=30)

        assert overtaking == []
        assert await numbers_on(kafka, reports) == [0, 1, 2, 3, 4, 5]
        assert await numbers_on(kafka, watermarks) == [0]


async def _refused(complaints: object) -> bool:
    return "MessageSizeTooLarge" in str(complaints)


async def _all_left(database: Database, *topics: str) -> bool:
    return not sum([await left(database, it) for it in topics])


async def test_a_missing_topic_holds_only_its_own_rows(kafka: str, postgres_url: str) -> None:
    """A source's topic that was deleted stops neither reports nor other sources (finding 9)."""
    missing, good = f"test.{uuid.uuid4().hex}", await new_topic(kafka)
    async with migrated(postgres_url) as database, relaying(database, kafka) as (_, health):
        await write(database, outgoing(missing, 0), *(outgoing(good, it) for it in range(5)))
        await eventually(lambda: _all_left(database, good))
        first = await left(database, missing)
        await eventually(lambda: _complains(health, missing), seconds=30)
        await write(database, *(outgoing(good, it) for it in range(5, 10)))
        await eventually(lambda: _all_left(database, good))

        await new_topic(kafka, name=missing)
        await eventually(lambda: _all_left(database, missing), seconds=30)

        await eventually(lambda: _is_fine(health))
        assert first == 1
        assert await numbers_on(kafka, good) == list(range(10))
        assert await numbers_on(kafka, missing) == [0]


async def test_a_topic_that_is_deleted_while_the_relay_works_is_named(
    kafka: str, postgres_url: str
) -> None:
    """A source was decommissioned and its key is still valid; what it is owed waits, or goes."""
    topic, good = await new_topic(kafka), await new_topic(kafka)
    async with migrated(postgres_url) as database, relaying(database, kafka) as (_, health):
        await write(database, outgoing(topic, 0), outgoing(good, 0))
        await eventually(lambda: _all_left(database, topic, good), seconds=30)
        await delete_topics(kafka, topic)
        await write(database, outgoing(topic, 1))
        await eventually(lambda: _complains(health, topic), seconds=60)
        await write(database, outgoing(good, 1))
        await eventually(lambda: _all_left(database, good))

        async with database.connection() as connection:
            await connection.execute("DELETE FROM outbox WHERE topic = $1", topic)

        await eventually(lambda: _is_fine(health), seconds=30)
        assert await numbers_on(kafka, good) == [0, 1]


async def test_kafka_that_is_away_is_no_refusal(kafka: str, postgres_url: str) -> None:
    """No topic is blamed for it, and everything leaves once it is back."""
    topic = await new_topic(kafka)
    async with migrated(postgres_url) as database:
        await write(database, outgoing(topic, 0))
        async with relaying(database, "127.0.0.1:9") as (_, health):
            await eventually(lambda: _kafka_is_away(health), seconds=30)
            parts = health.complaints.keys()
        async with relaying(database, kafka):
            await eventually(lambda: _all_left(database, topic), seconds=30)

    assert parts == {"outbox"}


async def test_an_outage_is_over_for_a_relay_that_stands_by(kafka: str, postgres_url: str) -> None:
    """Another process sends: it complained for as long as there was always something to send."""
    topic, address = await new_topic(kafka), ["127.0.0.1:9"]

    def make() -> AIOKafkaProducer:
        return producer(address[0], "test")

    async with migrated(postgres_url) as database, relaying(database, kafka, make) as (_, health):
        await write(database, outgoing(topic, 0))
        await eventually(lambda: _kafka_is_away(health), seconds=30)
        async with database.transaction() as other:
            await eventually(lambda: try_lock_name(other, AdvisoryLock.RELAY, topic, 60))
            address[0] = kafka

            await eventually(lambda: _is_fine(health), seconds=20)

            assert await left(database, topic) == 1


async def _kafka_is_away(health: Health) -> bool:
    complaint = health.complaints.get("outbox")
    return complaint is not None and complaint.condition is Condition.KAFKA_UNAVAILABLE


async def test_many_topics_that_refuse_do_not_slow_one_that_does_not(
    kafka: str, postgres_url: str
) -> None:
    """More of them than the pool has connections: they must not use those up."""
    bad, good = [await new_topic(kafka) for _ in range(12)], await new_topic(kafka)
    for topic in bad:
        await configure(kafka, topic, REFUSE)
    async with migrated(postgres_url) as database, relaying(database, kafka) as (_, health):
        await write(database, *(outgoing(it, 0) for it in bad))
        for topic in bad:
            await eventually(partial(_complains, health, topic), seconds=60)
        took = []
        for number in range(10):
            began = time.monotonic()
            await write(database, outgoing(good, number))
            await eventually(lambda: _all_left(database, good), every=0.01)
            took.append(time.monotonic() - began)

        assert sorted(took)[5] < 2.0
        assert await numbers_on(kafka, good) == list(range(10))
        assert sum([await left(database, it) for it in bad]) == len(bad)


async def test_a_partition_that_is_not_there_is_refused_by_name(
    kafka: str, postgres_url: str
) -> None:
    """A topic that was made by hand with fewer partitions than we write to."""
    topic, nothing_else = await new_topic(kafka), await new_topic(kafka)
    wrong = replace(outgoing(topic, 1), partition=7)
    async with migrated(postgres_url) as database, relaying(database, kafka) as (_, health):
        await write(database, outgoing(topic, 0), wrong, replace(wrong, topic=nothing_else))
        await eventually(lambda: _complains(health, topic), seconds=30)
        await eventually(lambda: _complains(health, nothing_else), seconds=30)

        assert "no partition 7" in health.complaints[f"outbox {topic}"].detail
        assert set(await numbers_on(kafka, topic)) == {0}
        assert await left(database, topic) == 1


async def test_what_kafka_acknowledged_is_known_by_partition(kafka: str, postgres_url: str) -> None:
    """A service that is restored from a backup reads its own topic from there."""
    topic = await new_topic(kafka, partitions=3)
    async with migrated(postgres_url) as database, relaying(database, kafka):
        await write(
            database,
            *(replace(outgoing(topic, it), partition=2 * (it % 2)) for it in range(5)),
        )
        await eventually(lambda: _all_left(database, topic))
        async with database.connection() as connection:
            offsets = await acknowledged(connection, topic)

    assert offsets == {0: 3, 2: 2}


async def test_nothing_is_written_that_kafka_would_not_take(postgres_url: str) -> None:
    """It would stay for ever at the head of its topic; who wrote it has a bug."""
    async with migrated(postgres_url) as database:
        huge = outgoing("t", 0)
        event = huge.event.model_copy(update={"reason": "r" * MESSAGE_BYTES_MAX})
        with pytest.raises(ValueError, match="does not fit"):
            await write(database, replace(huge, event=event))

        assert await left(database, "t") == 0


async def _complains(health: Health, topic: str) -> bool:
    complaint = health.complaints.get(f"outbox {topic}")
    return complaint is not None and complaint.condition is Condition.TOPIC_REFUSED


async def _is_fine(health: Health) -> bool:
    return not health.complaints


async def test_a_relay_that_stands_still_hands_over(kafka: str, postgres_url: str) -> None:
    """A process that is stopped in the middle of a pass holds its topic for two seconds at most."""
    topic = await new_topic(kafka)
    async with migrated(postgres_url) as database:
        await write(database, *(outgoing(topic, it) for it in range(5)))
        async with stopped_relay(postgres_url, kafka) as process, relaying(database, kafka):
            began = time.monotonic()
            await eventually(lambda: _all_left(database, topic), seconds=60)
            took = time.monotonic() - began
            before = await numbers_on(kafka, topic)
            await write(database, outgoing(topic, 5))
            await eventually(lambda: _all_left(database, topic), seconds=60)

            process.send_signal(signal.SIGCONT)
            await eventually(lambda: _lie_on(kafka, topic, 11), seconds=60)

            assert took < 2.5  # two, and what a busy machine adds
            assert before == [0, 1, 2, 3, 4]
            assert await numbers_on(kafka, topic) == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4]


async def _lie_on(kafka: str, topic: str, number: int) -> bool:
    return len(await numbers_on(kafka, topic)) >= number
