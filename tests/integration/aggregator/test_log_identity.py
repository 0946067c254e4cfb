"""A reports topic that was lost loses no report: the ledger waits, and then counts them all."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

import pytest
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr

from services.aggregator.app import Aggregator, build
from services.aggregator.settings import AggregatorSettings
from shared.contracts.reports import ReportAccepted
from shared.contracts.topics import TopicSpec
from shared.contracts.wire import encode
from shared.infra.health import Condition
from shared.infra.kafka.broker import producer
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.database import Database
from tests.builders.accepted_reports import ReportSubject, accepted
from tests.builders.logs import make_again
from tests.builders.qcdc import qcdc
from tests.eventually import eventually

SECONDS = 60


@pytest.fixture
async def topic(kafka: str) -> TopicSpec:
    """Make a topic of reports of this test alone."""
    spec = TopicSpec(f"reports-{uuid.uuid4().hex[:12]}", 1)
    await create_missing_topics(kafka, [spec])
    return spec


@asynccontextmanager
async def reading(kafka: str, url: str, topic: TopicSpec) -> AsyncIterator[Aggregator]:
    settings = AggregatorSettings(
        kafka=kafka, database=SecretStr(url), http_port=0, instance=uuid.uuid4().hex[:8]
    )
    aggregator = build(settings, topic.name, group=topic.name)
    await aggregator.database.open()
    task = asyncio.create_task(aggregator.reader.run())
    try:
        yield aggregator
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await aggregator.database.close()


async def test_reports_of_a_topic_made_again_are_all_counted_once_it_is_refilled(
    kafka: str, postgres_url: str, database: Database, topic: TopicSpec
) -> None:
    """100 had been counted; of the 400 that followed, the first 100 lay behind the position."""
    reports = [accepted({"work_days": 1}, ReportSubject(f"U{it}")) for it in range(500)]
    place = ["--service", "aggregator", "--topic", topic.name]
    operator = {"QCDC_KAFKA": kafka, "QCDC_AGGREGATOR_DATABASE": postgres_url}

    async with producer(kafka, "test") as sender, reading(kafka, postgres_url, topic) as aggregator:
        await send(sender, topic, reports[:100])
        await counted(database, 100)
        await make_again(kafka, topic)
        await send(sender, topic, reports[100:])
        complaint = await eventually(lambda: held(aggregator, topic), seconds=SECONDS)
        assert await units(database) < len(reports)
        await send(sender, topic, reports)  # as qcdc republish does
        await qcdc(operator, "positions", "accept-loss", *place, "--document", "Biên bản số 7")
        await counted(database, 500)

    assert complaint.startswith("run: qcdc republish, then qcdc positions accept-loss")


async def send(
    sender: AIOKafkaProducer, topic: TopicSpec, reports: Iterable[ReportAccepted]
) -> None:
    for report in reports:
        message = encode(report, "qcdc/intake")
        await sender.send(topic.name, message.body, partition=0, headers=message.headers)
    await sender.flush()


async def held(aggregator: Aggregator, topic: TopicSpec) -> str:
    complaint = aggregator.health.complaints.get(f"log {topic.name}/0")
    log_replaced = complaint is not None and complaint.condition is Condition.LOG_REPLACED
    return complaint.detail if complaint is not None and log_replaced else ""


async def units(database: Database) -> int:
    async with database.connection() as connection:
        return int(await connection.fetchval("SELECT count(DISTINCT unit) FROM report"))


async def counted(database: Database, number: int) -> None:
    async def all_are() -> bool:
        return await units(database) == number

    await eventually(all_are, seconds=SECONDS)
