"""What of the submissions topics is unread, and whom that concerns: one source at most."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from services.intake.usecases.survey_unread import STANDS_AFTER, Survey, SurveyUnread
from shared.contracts.topics import submissions_topic
from shared.infra.errors import Partition
from shared.infra.health import Condition
from shared.infra.kafka.positions import Positions, StoredPosition
from shared.infra.kafka.records import EPOCH
from shared.infra.kafka.unread import UnreadLog
from tests.builders.intake_service import Topics, document, made_topics, reference
from tests.eventually import eventually

LATER = STANDS_AFTER + timedelta(seconds=1)
"""So long after a record was appended its partition stands."""


@pytest.fixture
async def topics(kafka: str) -> AsyncIterator[Topics]:
    """Return the topics of a source of the test's own."""
    async with made_topics(kafka) as made:
        yield made


@pytest.fixture
async def survey(kafka: str, topics: Topics) -> AsyncIterator[SurveyUnread]:
    """Return a survey of these topics and of those whose names only begin alike."""
    log, name = UnreadLog(kafka), submissions_topic(topics.source)
    surveying = SurveyUnread(log, f"{name}.*", reference)
    yield surveying
    await surveying.close()


def now() -> datetime:
    """Return the clock of the broker, which runs on this machine."""
    return datetime.fromtimestamp(time.time(), UTC)


def at(topics: Topics, offset: int, partition: int = 0) -> Positions:
    """Return the stored position of one partition."""
    return {Partition(submissions_topic(topics.source), partition): StoredPosition(offset)}


def held(survey: Survey) -> set[str]:
    """Return the units that are held."""
    return {unit for _, units in survey.waiting for unit in units}


def unit(number: int) -> str:
    """Return the n-th commune."""
    return str(document(number)["unit"])


@asynccontextmanager
async def transactional(kafka: str, name: str) -> AsyncIterator[AIOKafkaProducer]:
    """Return a producer that can send in transactions."""
    async with AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=name) as sender:
        yield sender


async def send_all(topics: Topics, numbers: Sequence[int], partition: int = 0) -> None:
    """Append one good submission of each of these communes."""
    for number in numbers:
        await topics.send(document(number), partition=partition)
    await topics.kafka.flush()


async def test_nothing_unread_is_now(survey: SurveyUnread, topics: Topics) -> None:
    """Also where a partition has never held a record."""
    await send_all(topics, [0, 1])

    assert await survey(instant := now(), at(topics, 2)) == ((instant, ""), [])


async def test_young_record_bounds_by_its_append_time(survey: SurveyUnread, topics: Topics) -> None:
    """While submissions keep coming there is always one unread: it must not stop the watermark."""
    before = now()
    await send_all(topics, [0, 1])

    found = await survey(now(), at(topics, 1))

    assert found.bound.at is not None
    assert before - timedelta(milliseconds=1) <= found.bound.at <= now()
    assert held(found) == set()


async def test_partition_that_stands_holds_only_the_units_named(
    survey: SurveyUnread, topics: Topics
) -> None:
    """21 unreadable records and what lies behind them: everybody else is judged up to now."""
    for _ in range(21):
        await topics.send(b"rubbish")
    await topics.send(b'{"unit": "nobody knows it"}')
    await topics.send(b'{"unit": ["37.2"]}')
    await send_all(topics, [3, 4, 3])

    found = await survey(instant := now() + LATER, at(topics, 20))

    assert found.bound.at == instant
    assert held(found) == {unit(3), unit(4)}
    ((source, units),) = found.waiting
    assert source == topics.source
    assert max(units.values()) <= now()


async def test_unit_is_free_once_its_last_record_is_behind(
    survey: SurveyUnread, topics: Topics
) -> None:
    """Its position has passed: the record is judged."""
    await send_all(topics, [0, 1, 0])
    await survey(now() + LATER, at(topics, 0))

    assert held(await survey(now() + LATER, at(topics, 2))) == {unit(0)}
    assert held(await survey(now() + LATER, at(topics, 3))) == set()


async def test_what_comes_behind_is_seen_too(survey: SurveyUnread, topics: Topics) -> None:
    """The look goes on where the last one stopped."""
    await send_all(topics, [0])
    await survey(now() + LATER, at(topics, 0))
    await send_all(topics, [1])

    assert held(await survey(now() + LATER, at(topics, 0))) == {unit(0), unit(1)}


async def test_marker_of_a_transaction_is_no_unread_record(
    kafka: str, survey: SurveyUnread, topics: Topics
) -> None:
    """A committed transaction leaves an offset that no record will ever fill."""
    topic = submissions_topic(topics.source)
    async with transactional(kafka, topic) as sender, sender.transaction():
        await sender.send(topic, b"{}", partition=0)

    assert await survey(instant := now() + LATER, at(topics, 1)) == ((instant, ""), [])


async def test_aborted_records_are_no_unread_records(
    kafka: str, survey: SurveyUnread, topics: Topics
) -> None:
    """What a sender took back concerns nobody."""
    topic = submissions_topic(topics.source)
    async with transactional(kafka, topic) as sender:
        await sender.begin_transaction()
        await sender.send_and_wait(topic, b'{"unit": "37.2"}', partition=0)
        await sender.abort_transaction()

    assert await survey(instant := now() + LATER, at(topics, 0)) == ((instant, ""), [])


async def test_open_transaction_holds_the_units_behind_it(
    kafka: str, survey: SurveyUnread, topics: Topics
) -> None:
    """Nobody can read on; whom that concerns can be seen, also what others sent behind it."""
    topic = submissions_topic(topics.source)
    async with transactional(kafka, topic) as sender:
        await sender.begin_transaction()
        await sender.send_and_wait(topic, b'{"unit": "37.2"}', partition=0)
        await send_all(topics, [5])

        young = await survey(now(), at(topics, 0))
        found = await survey(instant := now() + LATER, at(topics, 0))
        await sender.abort_transaction()

    assert held(young) == set()
    assert young.bound.at is not None
    assert young.bound.at < instant - STANDS_AFTER
    assert (found.bound.at, held(found)) == (instant, {"37.2", unit(5)})
    assert held(await survey(now() + LATER, at(topics, 0))) == {unit(5)}


async def test_topic_that_only_looks_like_one_is_not_ours(
    kafka: str, survey: SurveyUnread, topics: Topics
) -> None:
    """Somebody's retry topic next to it stops nobody."""
    retry = f"{submissions_topic(topics.source)}.retry"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(retry, 1, 1)])
        for _ in range(22):
            await topics.kafka.send_and_wait(retry, b'{"unit": "37.2"}')

        assert await survey(instant := now() + LATER, at(topics, 0)) == ((instant, ""), [])
    finally:
        await admin.delete_topics([retry])
        await admin.close()


async def test_records_that_are_gone_unread_stop_the_watermark(
    kafka: str, survey: SurveyUnread, topics: Topics
) -> None:
    """Whom they named nobody can tell; it is said which they were."""
    await send_all(topics, [0, 1, 2])
    await delete_before(kafka, topics, 2)

    found = await survey(now() + LATER, at(topics, 1))

    assert found.bound.at is None
    assert "records 1 to 1 are gone unread" in found.bound.reason


async def test_records_that_were_seen_before_they_were_gone_stop_nobody_else(
    kafka: str, survey: SurveyUnread, topics: Topics
) -> None:
    """Only the units that they named."""
    await send_all(topics, [0, 1, 2])
    await survey(now() + LATER, at(topics, 1))
    await delete_before(kafka, topics, 2)

    found = await survey(instant := now() + LATER, at(topics, 1))

    assert (found.bound.at, held(found)) == (instant, {unit(1), unit(2)})


@pytest.mark.parametrize(
    "position", [StoredPosition(7), StoredPosition(1, held_because=Condition.LOG_REPLACED)]
)
async def test_log_that_was_made_anew_stops_the_watermark(
    position: StoredPosition, survey: SurveyUnread, topics: Topics
) -> None:
    """What was unread of the one before may have named anybody: an operator decides."""
    await send_all(topics, [0, 1])

    found = await survey(now() + LATER, dict.fromkeys(at(topics, 0), position))

    assert found.bound.at is None
    assert "is not the log that was read" in found.bound.reason


async def test_time_that_a_sender_chose_bounds_nothing(kafka: str, topics: Topics) -> None:
    """A topic made by hand keeps the sender's time: what it holds unread holds whom it names."""
    unfit = f"{submissions_topic(topics.source)[: -len('.v1')]}b.v1"
    surveying = SurveyUnread(UnreadLog(kafka), unfit, reference)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(unfit, 1, 1)])
        await topics.kafka.send_and_wait(
            unfit, b'{"unit": "37.2"}', partition=0, timestamp_ms=1_600_000_000_000
        )
        found = await surveying(instant := now(), {})
    finally:
        await surveying.close()
        await admin.delete_topics([unfit])
        await admin.close()

    assert found.bound.at == instant
    assert [units for _, units in found.waiting] == [{"37.2": EPOCH}]


async def test_flood_is_looked_at_in_many_passes(survey: SurveyUnread, topics: Topics) -> None:
    """What was not reached bounds the watermark, and each pass reaches further."""
    await asyncio.gather(*(topics.send(document(n % 100)) for n in range(3000)))
    await topics.kafka.flush()

    async def all_seen() -> bool:
        instant = now() + LATER
        found = await survey(instant, at(topics, 1))
        assert found.bound.at is not None
        return found.bound.at == instant and len(held(found)) == 100

    await eventually(all_seen)


async def delete_before(kafka: str, topics: Topics, offset: int) -> None:
    """Delete the oldest records, as retention does."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    partition = Partition(submissions_topic(topics.source), 0)
    await admin.delete_records({partition: RecordsToDelete(before_offset=offset)})
    await admin.close()
