"""The oracle must not judge before everything has been read."""

import uuid

import asyncpg

from shared.contracts.topics import TopicSpec
from shared.infra.kafka.broker import producer
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.migrate import migrate, migrations
from tests.chaos.run import all_read


async def test_what_nobody_has_read_is_waited_for(kafka: str, postgres_url: str) -> None:
    """A consumer without a subscription knows no partitions, and of none everything is read."""
    topic = f"reports-{uuid.uuid4().hex[:12]}"
    await create_missing_topics(kafka, [TopicSpec(topic, 2)])
    await migrate(postgres_url, "qcdc", migrations(None))
    async with producer(kafka, "test") as sender:
        await sender.send_and_wait(topic, b"one", partition=1)

    assert not await all_read(postgres_url, "somebody", kafka, [topic])

    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute(
            "INSERT INTO qcdc.position (stream, topic, partition, next_offset)"
            " VALUES ('somebody', $1, 1, 1)",
            topic,
        )
    finally:
        await connection.close()
    assert await all_read(postgres_url, "somebody", kafka, [topic])
