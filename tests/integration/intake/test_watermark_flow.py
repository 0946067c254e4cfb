"""The watermark of a whole intake, while sources send: it keeps up, whatever one of them sends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.intake.usecases.survey_unread import STANDS_AFTER
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.topics import WATERMARKS, submissions_topic
from shared.infra.errors import Partition
from shared.infra.kafka.breakers import UNREADABLE_MAX
from tests.builders.intake_service import (
    SUBMITTED,
    Topics,
    Upstream,
    document,
    made_topics,
    served,
)
from tests.eventually import eventually

AGE_MAX = timedelta(seconds=5)
"""Of the watermark when it is published: the skew, a pass, and what a busy machine takes."""

WATCHED = 20
"""So many watermarks in a row, one every 0.2 seconds or slower."""


@asynccontextmanager
async def sending(topics: Topics, per_second: int) -> AsyncIterator[list[int]]:
    """Send without a pause for the length of the block, on all partitions but the first."""
    sent = [0]

    async def send() -> None:
        while True:
            await topics.send(document(sent[0] % 100, sent[0]), partition=1 + sent[0] % 5)
            sent[0] += 1
            await asyncio.sleep(1 / per_second)

    task = asyncio.create_task(send())
    try:
        yield sent
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def published(kafka: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Read the watermarks from now on."""
    async with AIOKafkaConsumer(bootstrap_servers=kafka) as consumer:
        consumer.assign([Partition(WATERMARKS, 0)])
        await consumer.seek_to_end()
        yield consumer


async def following(consumer: AIOKafkaConsumer) -> IntakeCaughtUp:
    """Return the next watermark."""
    async with asyncio.timeout(30):
        record = await consumer.getone()
    return IntakeCaughtUp.model_validate_json(record.value or b"")


def age(event: IntakeCaughtUp) -> timedelta:
    """Return how old the watermark was when its pass began."""
    return event.occurred_at - event.watermark


def held(event: IntakeCaughtUp) -> set[str]:
    """Return the units that are held."""
    return {unit for group in event.held for unit in group.units}


@pytest.mark.parametrize("per_second", [5, 200])
async def test_watermark_advances_while_a_source_keeps_sending(
    per_second: int, kafka: str, postgres_url: str
) -> None:
    """Near a deadline there is always a submission that nobody has read yet."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics) as upstream,
        sending(topics, per_second) as sent,
        published(kafka) as watermarks,
    ):
        await eventually(lambda: judged(upstream, per_second), seconds=60)
        started = await clock(upstream)
        while (await following(watermarks)).occurred_at < started:
            pass

        before = sent[0]
        events = [await following(watermarks) for _ in range(WATCHED)]

    assert sent[0] > before
    assert max(map(age, events)) < AGE_MAX
    assert events[-1].watermark - events[0].watermark > timedelta(seconds=2)


async def test_source_that_sends_rubbish_holds_only_whom_it_names(
    kafka: str, postgres_url: str
) -> None:
    """Its breaker is open; a good record behind it names one unit, and all others are judged."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics) as upstream,
        sending(topics, 20),
        published(kafka) as watermarks,
    ):
        for _ in range(UNREADABLE_MAX + 1):
            await topics.send(b"rubbish")
        await topics.send(document(101))
        await topics.kafka.flush()
        behind = await clock(upstream)

        async def passed() -> IntakeCaughtUp | None:
            event = await following(watermarks)
            return event if event.watermark > behind else None

        event = await eventually(passed, seconds=60, every=0)

        assert event is not None
        assert held(event) == {document(101)["unit"]}
        assert age(event) < AGE_MAX
        (group,) = event.held
        assert (group.source, group.since <= behind) == (topics.source, True)


async def test_transaction_and_compression_hold_nobody_up(kafka: str, postgres_url: str) -> None:
    """The marker of a committed transaction is no record; lz4 is what most producers use."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics) as upstream,
        published(kafka) as watermarks,
        AIOKafkaProducer(
            bootstrap_servers=kafka, transactional_id=topics.source, compression_type="lz4"
        ) as sender,
    ):
        async with sender.transaction():
            body = json.dumps(document(0)).encode()
            topic = submissions_topic(topics.source)
            await sender.send(topic, body, partition=0, headers=[SUBMITTED])
        await topics.receipts(1)
        behind = await clock(upstream) + STANDS_AFTER

        async def passed() -> bool:
            event = await following(watermarks)
            assert not held(event)
            return event.watermark > behind

        await eventually(passed, seconds=60, every=0)


async def judged(upstream: Upstream, number: int) -> bool:
    return len(await upstream.rows("SELECT FROM journal LIMIT $1", number)) == number


async def clock(upstream: Upstream) -> datetime:
    (row,) = await upstream.rows("SELECT clock_timestamp() AS now")
    now: datetime = row["now"]
    return now
