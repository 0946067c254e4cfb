"""What the plumbing's tests share: a topic of their own, a migrated database, a counting stream."""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pydantic import SecretStr

from shared.directory.store import migrations_of
from shared.infra.health import Health
from shared.infra.kafka.broker import producer
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.records import Poison, Record
from shared.infra.kafka.subscription import Subscription, subscriber
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Connection, Database
from shared.infra.settings import ServiceSettings

_numbers = itertools.count(1)


async def new_topic(bootstrap: str, partitions: int = 1, name: str = "") -> str:
    """Create a topic, by default one that no other test uses."""
    name = name or f"test.{uuid.uuid4().hex[:8]}.{next(_numbers)}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, partitions, 1)])
    finally:
        await admin.close()
    return name


async def delete_topics(bootstrap: str, *names: str) -> None:
    """Delete topics, as who tidies up does."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics(list(names))
    finally:
        await admin.close()


async def publish(
    bootstrap: str,
    topic: str,
    values: Sequence[bytes | None],
    headers: Sequence[tuple[str, bytes]] = (),
    partition: int = 0,
) -> None:
    """Append records to a partition, in order."""
    async with producer(bootstrap, "test") as kafka:
        for value in values:
            await kafka.send(topic, value, key=b"key", partition=partition, headers=headers)
        await kafka.flush()


@asynccontextmanager
async def migrated(url: str) -> AsyncIterator[Database]:
    """Open a database that holds the plumbing's tables and one of ours, ``seen``."""
    await migrate.migrate(url, "qcdc", migrations_of(None))
    connection = await asyncpg.connect(url, server_settings={"search_path": "qcdc"})
    await connection.execute("CREATE TABLE IF NOT EXISTS seen (n integer)")
    await connection.close()
    database = Database(url, application="test")
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@dataclass
class Running:
    """A reader at work, and what surrounds it."""

    database: Database
    topic: str
    health: Health
    reader: ConsumerSupervisor[int]
    stream: Inbox[int]


@asynccontextmanager
async def running(
    bootstrap: str, url: str, topic: str, subscription: Subscription[int] | None = None
) -> AsyncIterator[Running]:
    """Let a reader of *topic* work until the block ends."""
    async with migrated(url) as database:
        health = Health()
        settings = ServiceSettings(kafka=bootstrap, database=SecretStr(url), http_port=1)
        reader = ConsumerSupervisor(
            subscription or counting(topic), "test", settings, database, health
        )
        task = asyncio.create_task(reader.run())
        try:
            yield Running(database, topic, health, reader, reader.inbox)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def number(record: Record) -> int | Poison:
    """Read a record that holds a number."""
    try:
        return int(record.value or b"")
    except ValueError:
        return Poison("not_a_number")


async def see(connection: Connection, numbers: Sequence[int]) -> None:
    """Count each number once per call: an effect that is not idempotent, on purpose."""
    await connection.executemany("INSERT INTO seen VALUES ($1)", [(it,) for it in numbers])


def counting(topic: str) -> Subscription[int]:
    """Subscribe to a topic, in a group of its own, with an effect that shows every repetition."""
    return subscriber(topic, group=f"group-{topic}", stream="test", decode=number)(see)


def counting_stream(database: Database) -> Inbox[int]:
    """Build a stream whose effect shows every repetition."""
    return Inbox(database, "test", see, "test")


async def seen(database: Database) -> list[int]:
    """Return what was counted, sorted."""
    async with database.connection() as connection:
        return [row["n"] for row in await connection.fetch("SELECT n FROM seen ORDER BY n")]


async def dead_letters(database: Database) -> list[tuple[int, str]]:
    """Return the offset and the reason of everything unreadable."""
    async with database.connection() as connection:
        rows = await connection.fetch('SELECT "offset", reason FROM dead_letter ORDER BY 1')
        return [(row["offset"], row["reason"]) for row in rows]
