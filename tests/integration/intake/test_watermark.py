"""The watermark is said only when it is true: nobody may be accused because of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiokafka.errors import KafkaError

from services.intake.usecases import advance_watermark
from services.intake.usecases.advance_watermark import (
    AGE,
    CLOCK_SKEW,
    AdvanceWatermark,
    WatermarkCondition,
)
from services.intake.usecases.survey_unread import Bound, Survey, SurveyUnread
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.topics import REPORTS
from shared.infra.health import Health
from shared.infra.kafka.positions import Positions
from shared.infra.postgres import locks
from shared.infra.postgres.locks import AdvisoryLock, lock, lock_shared
from tests.builders.intake_service import NOWHERE, Upstream, document, served
from tests.eventually import eventually

HTTP_CONNECTIONS = 10
WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Return an upstream system whose intake has no Kafka."""
    async with served(postgres_url, NOWHERE) as it:
        yield it


class Answers(SurveyUnread):
    """Stands in for the survey of a Kafka: gives these answers in order, the last one for ever."""

    def __init__(self, *answers: Bound | Exception | Callable[[], Awaitable[object]]) -> None:
        self._answers = list(answers)

    async def __call__(self, now: datetime, _: Positions) -> Survey:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, Bound):
            await answer()
            answer = NOTHING_UNREAD
        return Survey(answer._replace(at=now) if answer is NOTHING_UNREAD else answer, [])

    def knows(self, unit: str) -> bool:
        """Know one unit."""
        return unit == str(document(0)["unit"])

    async def close(self) -> None:
        """Nothing was opened."""


NOTHING_UNREAD = Bound(None, "nothing is unread")


async def no_positions() -> Positions:
    return {}


def watermark(
    upstream: Upstream,
    *answers: Bound | Exception | Callable[[], Awaitable[object]],
    health: Health | None = None,
) -> AdvanceWatermark:
    """Build a watermark for which the survey gives these answers."""
    survey = Answers(*answers or [NOTHING_UNREAD])
    return AdvanceWatermark(upstream.intake.database, no_positions, survey, 0.1, health or Health())


async def said(upstream: Upstream) -> int:
    """Count the watermarks in the outbox."""
    rows = await upstream.rows("SELECT 1 FROM outbox WHERE topic = 'qcdc.watermarks.v1'")
    return len(rows)


async def test_watermark_follows_what_it_vouches_for(upstream: Upstream) -> None:
    """Its row has the highest id, and what is received later is later than it."""
    before = (await upstream.post(document(0, 1))).json()["received_at"]

    instant = await watermark(upstream).advance()

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
        task = asyncio.create_task(watermark(upstream).advance())
        await eventually(lambda: upstream.rows(WAITING, AdvisoryLock.RECEIVE))

        assert not task.done()

    instant = await task
    assert instant
    assert instant + CLOCK_SKEW > received_at


async def test_unread_record_bounds_the_watermark(upstream: Upstream) -> None:
    """Everything received before it was appended is judged."""
    appended_at = datetime(2026, 11, 17, 10, tzinfo=UTC)
    survey = Bound(appended_at, "a record is unread")

    assert await watermark(upstream, survey).advance() == appended_at - CLOCK_SKEW


async def test_nothing_is_said_when_the_unread_cannot_be_looked_into(upstream: Upstream) -> None:
    """Records that are gone may have named anybody."""
    assert await watermark(upstream, Bound(None, "records are gone")).advance() is None
    assert not await said(upstream)


async def test_nothing_is_said_when_kafka_cannot_be_asked(upstream: Upstream) -> None:
    """An unknown lag is not "no lag"."""
    with pytest.raises(KafkaError):
        await watermark(upstream, KafkaError()).advance()

    assert not await said(upstream)
    assert (await upstream.post(document(0, 1))).status_code == 201


async def test_kafka_that_does_not_answer_is_named(upstream: Upstream) -> None:
    """A question without an answer is Kafka's outage, not the database's."""
    never = asyncio.Event()

    with pytest.raises(KafkaError):
        await watermark(upstream, never.wait).advance()


async def test_nobody_waits_while_kafka_is_asked(upstream: Upstream) -> None:
    """However late Kafka answers: the lock is taken only afterwards."""
    posted: list[int] = []

    async def slow_answer() -> None:
        posted.extend([(await upstream.post(document(n))).status_code for n in range(3)])

    assert await watermark(upstream, slow_answer).advance()
    assert posted == [201, 201, 201]


async def test_what_is_received_during_the_survey_lies_behind_the_watermark(
    upstream: Upstream,
) -> None:
    """The clock is read first, so what HTTP receives meanwhile is not vouched for."""
    received: list[str] = []

    async def slow_answer() -> None:
        received.append((await upstream.post(document(0))).json()["received_at"])

    instant = await watermark(upstream, slow_answer).advance()

    assert instant
    assert instant + CLOCK_SKEW < datetime.fromisoformat(received[0])


async def test_rush_over_http_does_not_keep_the_watermark_from_its_tables(
    upstream: Upstream,
) -> None:
    """At the deadline more requests wait for the lock than HTTP has connections."""
    async with upstream.intake.database.transaction() as connection:
        await lock(connection, AdvisoryLock.RECEIVE)
        posts = [asyncio.create_task(upstream.post(document(n))) for n in range(30)]
        await eventually(lambda: _all_wait(upstream))

        async def positions() -> None:
            assert await upstream.rows("SELECT count(*) FROM position")

        advancing = asyncio.create_task(watermark(upstream, positions).advance())
        await eventually(lambda: _all_wait(upstream, HTTP_CONNECTIONS + 1))

    assert await advancing
    assert {it.status_code for it in await asyncio.gather(*posts)} == {201}


async def _all_wait(upstream: Upstream, number: int = HTTP_CONNECTIONS) -> bool:
    return len(await upstream.rows(WAITING, AdvisoryLock.RECEIVE)) == number


async def test_watermark_gives_way_to_a_long_transaction(upstream: Upstream) -> None:
    """It stops waiting after two seconds, so that others behind it in the queue may receive."""
    async with upstream.intake.database.transaction() as connection:
        await lock_shared(connection, AdvisoryLock.RECEIVE)

        with pytest.raises(Exception, match="lock timeout"):
            await watermark(upstream).advance()

    assert not await said(upstream)


async def test_watermark_that_stands_is_a_complaint_until_it_moves(upstream: Upstream) -> None:
    """After ten seconds an operator hears which partition it waits for."""
    health, old = Health(), Bound(datetime(2026, 11, 17, 10, tzinfo=UTC), "topic/3 is unread")
    advancing = watermark(upstream, old, NOTHING_UNREAD, health=health)

    await advancing.advance()
    complaint = health.complaints[AGE]
    await advancing.advance()

    assert complaint.condition is WatermarkCondition.STALLED
    assert "topic/3 is unread" in complaint.detail
    assert AGE not in health.complaints


async def test_one_instance_advances_and_hands_over_when_it_ends(upstream: Upstream) -> None:
    """Two would say nothing untrue, but would look at everything twice."""
    first, second = [0], [0]
    async with running(watermark(upstream, counting(first))) as owner:
        await eventually(lambda: at_least(first, 2))
        async with running(watermark(upstream, counting(second))):
            enough = first[0] + 5
            await eventually(lambda: at_least(first, enough))
            assert second == [0]

            owner.cancel()

            await eventually(lambda: at_least(second, 1))


async def test_owner_that_is_paused_hands_over(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL ends the transaction of an owner that it does not hear from."""
    monkeypatch.setattr(locks, "PING_SECONDS", 60)
    monkeypatch.setattr(advance_watermark, "PAUSED_SECONDS_MAX", 0.5)
    never, asked, second = asyncio.Event(), [0], [0]

    async def hang() -> None:
        asked[0] += 1
        await never.wait()

    async with running(watermark(upstream, hang)):
        await eventually(lambda: at_least(asked, 1))
        async with running(watermark(upstream, counting(second))):
            await eventually(lambda: at_least(second, 1))


def counting(passes: list[int]) -> Callable[[], Awaitable[object]]:
    """Count the passes."""

    async def count() -> None:
        passes[0] += 1

    return count


@asynccontextmanager
async def running(advancing: AdvanceWatermark) -> AsyncIterator[asyncio.Task[None]]:
    """Run for the length of the block."""
    task = asyncio.create_task(advancing.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def at_least(counted: list[int], number: int) -> bool:
    return counted[0] >= number


async def test_unit_whose_submission_is_parked_is_held(upstream: Upstream) -> None:
    """It was received and is not judged; one that the directory does not list owes nothing."""
    received_at = datetime(2026, 11, 17, 10, 30, tzinfo=UTC)
    for unit in (document(0)["unit"], "nobody"):
        await upstream.rows(
            "INSERT INTO parked (source, event_id, content_hash, kind, body, received_at,"
            " reason, detail, findings, unit, time_required)"
            " VALUES ('demo', $1, '', 'submission', '', $2, 'unknown_regime', '', '[]', $1, true)",
            unit,
            received_at,
        )

    await watermark(upstream).advance()

    (row,) = await upstream.rows("SELECT body FROM outbox WHERE topic = 'qcdc.watermarks.v1'")
    (held,) = IntakeCaughtUp.model_validate_json(row["body"]).held
    assert (held.source, held.units) == ("demo", (document(0)["unit"],))
    assert held.since == received_at.replace(minute=0)
