"""The watermark is said only when it is true: nobody may be accused because of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

import pytest
from aiokafka.errors import KafkaError

from services.intake.usecases.advance_watermark import CLOCK_SKEW, AdvanceWatermark
from shared.contracts.topics import REPORTS
from shared.infra.health import Health
from shared.infra.postgres.locks import AdvisoryLock, lock_shared
from tests.builders.intake_service import NOWHERE, Upstream, document, served
from tests.eventually import eventually

HTTP_CONNECTIONS = 10
WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Return an upstream system whose intake has no Kafka."""
    async with served(postgres_url, NOWHERE) as it:
        yield it


def watermark(upstream: Upstream, *answers: int | Exception) -> AdvanceWatermark:
    """Build a watermark for which Kafka gives these answers, the last one for ever."""
    return AdvanceWatermark(upstream.intake.database, _answering(*answers), 1.0, Health())


def _answering(*answers: int | Exception) -> Callable[[], Awaitable[int]]:
    left = list(answers)

    async def behind() -> int:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return behind


async def said(upstream: Upstream) -> int:
    """Count the watermarks in the outbox."""
    rows = await upstream.rows("SELECT 1 FROM outbox WHERE topic = 'qcdc.watermarks.v1'")
    return len(rows)


async def test_watermark_follows_what_it_vouches_for(upstream: Upstream) -> None:
    """Its row has the highest id, and what is received later is later than it."""
    before = (await upstream.post(document(0, 1))).json()["received_at"]

    instant = await watermark(upstream, 0).advance()

    assert instant
    after = (await upstream.post(document(0, 2))).json()["received_at"]
    assert datetime.fromisoformat(before) < instant + CLOCK_SKEW < datetime.fromisoformat(after)
    rows = await upstream.rows("SELECT topic, after_topic FROM outbox ORDER BY id")
    assert {it["after_topic"] for it in rows if "watermarks" in it["topic"]} == {REPORTS}
    assert [it["topic"].split(".")[1] for it in rows] == [
        "receipts",
        "reports",
        "watermarks",
        "receipts",
        "reports",
    ]


async def test_watermark_waits_for_whoever_is_receiving(upstream: Upstream) -> None:
    """A transaction that has read its receipt time must have committed first."""
    async with upstream.intake.database.transaction() as connection:
        await lock_shared(connection, AdvisoryLock.RECEIVE)
        received_at = await connection.fetchval("SELECT clock_timestamp()")
        task = asyncio.create_task(watermark(upstream, 0).advance())
        await eventually(lambda: upstream.rows(WAITING, AdvisoryLock.RECEIVE))

        assert not task.done()

    instant = await task
    assert instant
    assert instant + CLOCK_SKEW > received_at


@pytest.mark.parametrize("answers", [(3,), (0, 3)])
async def test_nothing_is_said_while_submissions_are_unread(
    answers: tuple[int, ...], upstream: Upstream
) -> None:
    """Also when they come in after the first look, while the lock is awaited."""
    assert await watermark(upstream, *answers).advance() is None
    assert not await said(upstream)


@pytest.mark.parametrize("answers", [(KafkaError(),), (0, KafkaError()), (0, TimeoutError())])
async def test_nothing_is_said_when_kafka_cannot_be_asked(
    answers: tuple[int | Exception, ...], upstream: Upstream
) -> None:
    """An unknown lag is not "no lag"."""
    with pytest.raises(KafkaError):
        await watermark(upstream, *answers).advance()

    assert not await said(upstream)
    assert (await upstream.post(document(0, 1))).status_code == 201


async def test_kafka_that_does_not_answer_is_named(upstream: Upstream) -> None:
    """A question without an answer is Kafka's outage, not the database's."""
    never = asyncio.Event()

    async def behind() -> int:
        await never.wait()
        return 0

    with pytest.raises(KafkaError):
        await AdvanceWatermark(upstream.intake.database, behind, 1.0, Health()).advance()


async def test_rush_over_http_does_not_keep_the_watermark_from_asking(upstream: Upstream) -> None:
    """At the deadline more requests wait for the lock than HTTP has connections."""
    posts: list[asyncio.Task[object]] = []

    async def behind() -> int:
        if not posts:
            posts.append(asyncio.create_task(asyncio.sleep(0)))
            return 0
        posts.extend(asyncio.create_task(upstream.post(document(n))) for n in range(30))
        await eventually(lambda: _all_wait(upstream))
        return len(await upstream.rows("SELECT 1 FROM position"))

    instant = await AdvanceWatermark(upstream.intake.database, behind, 1.0, Health()).advance()

    assert instant
    assert len(await asyncio.gather(*posts)) == 31


async def _all_wait(upstream: Upstream) -> bool:
    return len(await upstream.rows(WAITING, AdvisoryLock.RECEIVE)) == HTTP_CONNECTIONS


async def test_watermark_gives_way_to_a_long_transaction(upstream: Upstream) -> None:
    """It stops waiting after two seconds, so that others behind it in the queue may receive."""
    async with upstream.intake.database.transaction() as connection:
        await lock_shared(connection, AdvisoryLock.RECEIVE)

        with pytest.raises(Exception, match="lock timeout"):
            await watermark(upstream, 0).advance()

    assert not await said(upstream)
