"""Receipts once more: what a source was answered comes back on a topic that has lost it."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from services.intake import app as wiring
from services.intake.settings import IntakeSettings
from services.intake.usecases.republish_receipts import RepublishedReceipts
from shared.contracts.topics import receipts_topic, specs
from shared.infra.errors import Misconfigured
from shared.infra.kafka.records import Record
from shared.infra.kafka.topics import create_missing_topics, existing_topics
from tests.builders.intake_republishing import History, history
from tests.eventually import eventually

__all__ = ["history"]


def carried_out(
    history: History, source: str | None = None, *, dry_run: bool = False
) -> "asyncio.Future[RepublishedReceipts]":
    database = history.upstream.intake.settings.database
    settings = IntakeSettings(kafka=history.kafka, database=database, http_port=1)
    work = wiring.republish_receipts(
        settings, source, dry_run=dry_run, progress=lambda _done, _total: None
    )
    return asyncio.ensure_future(work)


async def read(kafka: str, topic: str, number: int) -> list[tuple[object, ...]]:
    """Read so many records of a topic from its start; sorted, since it has several partitions."""
    found: list[Record] = []
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, auto_offset_reset="earliest"
    ) as consumer:

        async def enough() -> bool:
            for batch in (await consumer.getmany(timeout_ms=100)).values():
                found.extend(batch)
            return len(found) >= number

        await eventually(enough, seconds=20)
    assert len(found) == number
    return sorted((it.key, it.value, tuple(it.headers)) for it in found)


async def test_a_topic_made_again_holds_what_was_answered(history: History) -> None:
    """With the ids and contents of the first time: whoever has read them sees nothing new."""
    source, topic = history.topics.source, receipts_topic(history.topics.source)
    number = len(await history.upstream.rows("SELECT 1 FROM journal WHERE kind <> 'rejudgement'"))
    before = await read(history.kafka, topic, number)
    await _make_again(history.kafka, source)

    outcome = await carried_out(history, source)

    assert outcome == RepublishedReceipts(number, 0, dry_run=False)
    assert await read(history.kafka, topic, number) == before


async def test_a_dry_run_counts_and_sends_nothing(history: History) -> None:
    topic = receipts_topic(history.topics.source)
    outcome = await carried_out(history, dry_run=True)

    assert outcome.dry_run
    assert outcome.receipts > 0
    before = await read(history.kafka, topic, outcome.receipts)
    assert before


async def test_a_missing_topic_is_named_with_the_command_that_makes_it(history: History) -> None:
    """A producer would wait for it until the operator gives up."""
    source = history.topics.source
    await _delete(history.kafka, receipts_topic(source))

    with pytest.raises(Misconfigured, match=rf"qcdc topics apply --source {source}"):
        await carried_out(history)
    with pytest.raises(Misconfigured, match="nobody-else was never sent a receipt"):
        await carried_out(history, "nobody-else", dry_run=True)
    await create_missing_topics(history.kafka, specs([source]))


async def _make_again(kafka: str, source: str) -> None:
    await _delete(kafka, receipts_topic(source))
    await create_missing_topics(kafka, specs([source]))


async def _delete(kafka: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.delete_topics([topic])
    finally:
        await admin.close()

    async def gone() -> bool:
        return topic not in await existing_topics(kafka)

    await eventually(gone)
