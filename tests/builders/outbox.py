"""An outbox at work: rows to be sent, relays that send them, topics that refuse."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.contracts.dead_letters import RecordDeadLettered
from shared.contracts.event import derived_id
from shared.infra.errors import Partition
from shared.infra.health import Health
from shared.infra.kafka.broker import producer
from shared.infra.kafka.outbox import OutboxTable, Outgoing, write_outbox
from shared.infra.kafka.partitions import held_offsets, partition_consumer, read_until
from shared.infra.kafka.relay import Relay
from shared.infra.postgres.database import Database

NOW = datetime(2026, 11, 1, tzinfo=UTC)
REFUSE = {"max.message.bytes": "300"}
"""Stands for every way in which a broker refuses one topic: each message is too large for it."""


def outgoing(topic: str, number: int, *, after: str | None = None) -> Outgoing:
    """Return an event that says which one it is: its offset is *number*."""
    event = RecordDeadLettered(
        event_id=derived_id(topic, number),
        occurred_at=NOW,
        service="test",
        topic="t",
        partition=0,
        offset=number,
        reason="r" * 300,
    )
    return Outgoing(topic, f"key-{number % 3}", event, "qcdc/test", 0, after)


async def write(database: Database, *rows: Outgoing) -> None:
    """Commit these rows."""
    async with database.transaction() as connection:
        await write_outbox(connection, rows)


async def left(database: Database, topic: str) -> int:
    """Count the rows of a topic that wait."""
    async with database.connection() as connection:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM outbox WHERE topic = $1", topic
        )
        return count


@asynccontextmanager
async def relaying(
    database: Database, kafka: str, make_producer: Callable[[], AIOKafkaProducer] | None = None
) -> AsyncIterator[tuple[Relay, Health]]:
    """Run a relay, and see what it complains of."""
    health = Health()
    make = make_producer or partial(producer, kafka, "test")
    relay = Relay(database, [OutboxTable()], make, health)
    task = asyncio.create_task(relay.run())
    try:
        yield relay, health
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def configure(bootstrap: str, topic: str, configs: Mapping[str, str]) -> None:
    """Give a topic these options, and its defaults for all others."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic, configs=dict(configs))]
        )
    finally:
        await admin.close()


async def numbers_on(bootstrap: str, topic: str) -> list[int]:
    """Read which events lie on partition 0 of a topic, in their order."""
    partition = Partition(topic, 0)
    async with partition_consumer(bootstrap) as consumer:
        first, end = (await held_offsets(consumer, [partition]))[partition]
        return [
            RecordDeadLettered.model_validate_json(it.value or b"").offset
            async for records in read_until(consumer, {partition: first}, {partition: end})
            for it in records
        ]
