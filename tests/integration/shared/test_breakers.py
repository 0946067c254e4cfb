"""A breaker concerns its partition, by the database's clock, and does not outlive its topic."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.infra.dead_letters import open_breakers, reset_breakers
from shared.infra.errors import Partition
from shared.infra.health import Condition
from shared.infra.kafka.breakers import UNREADABLE_MAX
from shared.infra.kafka.subscription import Subscription
from tests.builders.plumbing import (
    Running,
    counting,
    dead_letters,
    new_topic,
    publish,
    running,
    seen,
)
from tests.eventually import eventually


def by_pattern(topic: str) -> Subscription[int]:
    """Subscribe as to topics that others write."""
    return replace(counting(topic), topics=(), pattern=rf"^{re.escape(topic)}(-[a-z]+)?$")


async def opened(it: Running, topic: str) -> None:
    """Wait until the breaker of the first partition is open and reported."""
    part = f"breaker {topic}/0"

    async def reported() -> bool:
        complaint = it.health.complaints.get(part)
        return complaint is not None and complaint.condition is Condition.BREAKER_OPEN

    await eventually(reported)


async def caught_up(it: Running, expected: list[int], seconds: float = 20) -> None:
    """Wait until exactly *expected* was seen and nothing is wrong."""

    async def look() -> bool:
        return await seen(it.database) == expected and not it.health.complaints

    await eventually(look, seconds=seconds)


async def test_readable_records_between_do_not_matter_and_time_does(
    kafka: str, postgres_url: str
) -> None:
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"bad"] * UNREADABLE_MAX)

    async with running(kafka, postgres_url, topic) as it:
        await publish(kafka, topic, [b"1"])
        await caught_up(it, [1])
        async with it.database.connection() as connection:
            await connection.execute(
                "UPDATE position SET unreadable_since = unreadable_since - interval '11 minutes'"
            )
        await publish(kafka, topic, [*[b"bad"] * UNREADABLE_MAX, b"2"])
        await caught_up(it, [1, 2])
        await publish(kafka, topic, [b"bad"])

        await opened(it, topic)
        assert len(await dead_letters(it.database)) == 2 * UNREADABLE_MAX


async def test_among_strangers_it_closes_by_itself(
    kafka: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the other partitions are read meanwhile."""
    monkeypatch.setattr("shared.infra.kafka.breakers.PAUSE_MIN", timedelta(seconds=2))
    topic = await new_topic(kafka, 2)
    await publish(kafka, topic, [*[b"bad"] * (UNREADABLE_MAX + 1), b"1"])

    async with running(kafka, postgres_url, topic, by_pattern(topic)) as it:
        await opened(it, topic)
        await publish(kafka, topic, [b"2"], partition=1)

        async def other_is_read() -> bool:
            return await seen(it.database) == [2]

        await eventually(other_is_read)
        await caught_up(it, [1, 2])


async def test_one_reset_lets_a_thousand_pass(kafka: str, postgres_url: str) -> None:
    topic = await new_topic(kafka)
    await publish(kafka, topic, [*[b"bad"] * 1000, b"1"])

    async with running(kafka, postgres_url, topic) as it:
        await opened(it, topic)
        async with it.database.connection() as connection:
            assert await open_breakers(connection) == {Partition(topic, 0)}
            await reset_breakers(connection)

        await caught_up(it, [1])
        assert len(await dead_letters(it.database)) == 1000


async def test_a_topic_that_vanishes_takes_its_complaints_with_it(
    kafka: str, postgres_url: str
) -> None:
    """Whoever tidies up must not need a restart."""
    topic = await new_topic(kafka)
    other = await new_topic(kafka, name=f"{topic}-other")
    await publish(kafka, topic, [b"bad"] * (UNREADABLE_MAX + 1))

    async with running(kafka, postgres_url, topic, by_pattern(topic)) as it:
        await opened(it, topic)
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await admin.start()
        await admin.delete_topics([topic])
        await admin.close()
        await publish(kafka, other, [b"1"])

        await caught_up(it, [1], seconds=120)  # after the next look at the metadata
