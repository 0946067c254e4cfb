"""
Whichever way we came by a server, it keeps the promises that the services build on.

A provider that this machine cannot offer is skipped by name, with the reason.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.infra.kafka.records import Passage
from tests.eventually import eventually
from tests.integration.stack.conftest import KAFKA, POSTGRES
from tools.stack.choice import available_kafka_providers, available_postgres_providers
from tools.stack.servers import KafkaServer, PostgresServer, Server

READ_SECONDS_MAX = 30


def test_the_suite_knows_every_provider() -> None:
    """A provider that nobody tries would be trusted for nothing."""
    assert [it.name for it in available_kafka_providers()] == list(KAFKA)
    assert [it.name for it in available_postgres_providers()] == list(POSTGRES)


@pytest.mark.skipif(
    "CI" not in os.environ,  # noqa: TID251 - CI systems say so here and nowhere else
    reason="only CI must have Java and Maven",
)
def test_apache_kafka_is_among_those_that_ran() -> None:
    """A green build that only ever met a stand-in would say nothing about Kafka."""
    providers = {it.name: it.make for it in available_kafka_providers()}

    assert callable(providers["JVM"]), providers["JVM"]


async def test_a_topic_has_the_partitions_that_were_asked_for(kafka: KafkaServer) -> None:
    """The number of partitions decides which reports stay in order."""
    topic = await _new_topic(kafka, partitions=3)

    async with _consumer(kafka, topic) as consumer:
        assert consumer.partitions_for_topic(topic) == {0, 1, 2}


async def test_what_is_produced_idempotently_is_read_once_and_in_order(kafka: KafkaServer) -> None:
    """A new group starts at the beginning: it must not skip history."""
    topic = await _new_topic(kafka)
    await _produce(kafka, topic, b"first", b"second", b"third")

    assert await _read(kafka, topic, count=3) == [b"first", b"second", b"third"]


@pytest.mark.parametrize("how", ["restart", "kill"])
async def test_records_and_committed_offsets_survive(kafka: KafkaServer, how: str) -> None:
    """After any end of the broker, a group goes on exactly behind its last commit."""
    _skip_unless_it_should_survive(kafka)
    topic = await _new_topic(kafka)
    await _produce(kafka, topic, b"first", b"second", b"third")
    await _read(kafka, topic, count=2)

    await _bring_down_and_up(kafka, how)

    assert await _read(kafka, topic, count=1) == [b"third"]


async def test_read_committed_hides_an_aborted_transaction(kafka: KafkaServer) -> None:
    """What a producer took back must never be counted."""
    topic = await _new_topic(kafka)
    async with _producer(kafka, transactional_id=f"writer-{uuid4()}") as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"taken back")
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait(topic, b"meant")

    assert await _read(kafka, topic, count=1) == [b"meant"]


async def test_a_database_is_created_once(postgres: PostgresServer) -> None:
    """Every service has a database of its own, and starts more than once."""
    name = f"qcdc_{uuid4().hex}"
    first, again = postgres.database(name), postgres.database(name)

    connection = await asyncpg.connect(first)
    try:
        assert await connection.fetchval("SELECT current_database()") == name
        assert first == again
    finally:
        await connection.close()


@pytest.mark.parametrize("how", ["restart", "kill"])
async def test_a_committed_row_survives(postgres: PostgresServer, how: str) -> None:
    """A receipt was given for it, even if another query kept the server busy at that moment."""
    _skip_unless_it_should_survive(postgres)
    url = postgres.database(f"qcdc_{uuid4().hex}")
    connection, neighbour = await asyncpg.connect(url), await asyncpg.connect(url)
    await connection.execute("CREATE TABLE receipt (id int)")
    busy = asyncio.create_task(neighbour.execute("SELECT sum(i) FROM generate_series(1, 9e6) i"))
    await connection.execute("INSERT INTO receipt VALUES (1)")

    await _bring_down_and_up(postgres, how)
    with suppress(asyncpg.PostgresError, OSError):
        await busy
    for gone in (connection, neighbour):
        gone.terminate()

    async def receipts() -> list[int]:
        survivor = await asyncpg.connect(url)
        try:
            return [it["id"] for it in await survivor.fetch("SELECT id FROM receipt")]
        finally:
            await survivor.close()

    assert await eventually(receipts) == [1]


def _skip_unless_it_should_survive(server: Server) -> None:
    if not server.durable:
        pytest.skip(f"{server.name}: keeps nothing when it ends")
    if not server.restartable:
        pytest.skip(f"{server.name}: not ours to end")


async def _bring_down_and_up(server: Server, how: str) -> None:
    """On another thread, as a test under load would: the loop must go on meanwhile."""
    if how == "restart":
        await asyncio.to_thread(server.restart)
    else:
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)


async def _new_topic(kafka: KafkaServer, *, partitions: int = 1) -> str:
    name = f"contract-{uuid4()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(name, partitions, replication_factor=1)])
    finally:
        await admin.close()
    assert [it[1] for it in answer.topic_errors] == [0]
    return name


async def _produce(kafka: KafkaServer, topic: str, *values: bytes) -> None:
    async with _producer(kafka) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def _read(kafka: KafkaServer, topic: str, *, count: int) -> list[bytes]:
    """Read and commit, in the topic's one group; offsets without a record count for nothing."""
    values = list[bytes]()
    async with _consumer(kafka, topic) as consumer, asyncio.timeout(READ_SECONDS_MAX):
        while len(values) < count:
            record = await consumer.getone()
            if not isinstance(record, Passage):  # what ran before has our fetching in force
                values.append(record.value)
        await consumer.commit()
    return values


@asynccontextmanager
async def _producer(
    kafka: KafkaServer, *, transactional_id: str | None = None
) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap,
        acks="all",
        enable_idempotence=True,
        transactional_id=transactional_id,
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def _consumer(kafka: KafkaServer, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=kafka.bootstrap,
        group_id=topic,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()
