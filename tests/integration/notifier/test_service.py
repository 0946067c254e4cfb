"""The whole notifier, wired as it is served, between Kafka, PostgreSQL and a mail server."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer

from shared.contracts.duties import IntakeCaughtUp, NoticeSent
from shared.contracts.topics import DUTIES, REPORTS
from shared.contracts.wire import header_texts
from tests.builders.notifier_service import LATE, PARTITION, Line, arrived, at_work, line, stand
from tests.builders.notifier_world import (
    DUE_AT,
    MINUTE,
    communes,
    named,
)
from tests.eventually import eventually
from tools.mail_catcher import in_turn

__all__ = ["line"]


@asynccontextmanager
async def stuck_consumer(line: Line) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Hold the lock that the reports' next batch needs, until let go."""
    async with line.notifier.database.connection() as connection:
        lock = connection.transaction()
        await lock.start()
        await connection.execute(
            "INSERT INTO position (stream, topic, partition, next_offset)"
            " VALUES ('notifier', $1, $2, 0)",
            REPORTS,
            PARTITION,
        )
        yield lock.rollback


@pytest.mark.parametrize("line", ["cal.2025-M10"], indirect=True)
async def test_one_true_digest_and_none_after_the_missing_reports(line: Line) -> None:
    """From accepted reports to the caught mail, and to silence."""
    await line.report(communes()[:126])
    await line.catch_up(DUE_AT + MINUTE)
    async with at_work(line):
        await eventually(lambda: arrived(line, 1), seconds=90)
        await line.report(LATE, at=DUE_AT + 2 * MINUTE)
        await line.catch_up(DUE_AT + 3 * MINUTE)
        await eventually(lambda: stand(line, {"met": 129}))
        ready = await eventually(lambda: is_ready(line))
        sent = await eventually(lambda: told_on_kafka(line))

    assert sent is not None
    answer = (await line.http.get("/v1/notices", params={"unit": LATE[0]})).json()
    (notice,) = answer["notices"]
    (mail,) = line.mailbox.mails
    assert named(line.mailbox.texts[0]) == set(LATE)
    assert {it["unit"] for it in notice["units"]} == set(LATE)
    assert (notice["state"], notice["message_id"]) == ("sent", mail.message_id)
    assert (sent.notice_id, set(sent.units)) == (notice["notice_id"], set(LATE))
    assert ready
    others = await line.http.get("/v1/notices", params={"unit": communes()[0]})
    assert others.json() == {"notices": []}


@pytest.mark.parametrize("line", ["cal.2025-M11"], indirect=True)
async def test_nobody_is_overdue_while_the_consumer_is_behind(line: Line) -> None:
    """The watermark has passed, the reports lie in Kafka, and our own consumer is stuck."""
    await line.report(communes()[:126])
    await line.catch_up(DUE_AT + MINUTE)
    async with stuck_consumer(line) as let_go, at_work(line):
        await eventually(lambda: stand(line, {"open": 129}), seconds=90)
        await eventually(lambda: reads_the_watermark(line))
        assert await line.notifier.horizon.completeness() is None
        assert await line.states() == {"open": 129}

        await let_go()
        await eventually(lambda: stand(line, {"met": 126, "overdue": 3}), seconds=90)


@pytest.mark.parametrize("line", ["cal.2025-Q4"], indirect=True)
async def test_nobody_is_overdue_when_the_log_was_replaced(line: Line) -> None:
    """Kafka came back empty: new reports lie below the stored position and look like old ones."""
    await line.catch_up(DUE_AT + MINUTE)
    async with line.notifier.database.connection() as connection:
        await connection.execute(
            "INSERT INTO position (stream, topic, partition, next_offset)"
            " VALUES ('notifier', $1, 0, 1000000)",
            REPORTS,
        )

    async with at_work(line):
        await eventually(lambda: complains(line, "log_replaced"), seconds=90)

    assert await line.states() == {"open": 129}


@pytest.mark.parametrize("line", ["cal.2025-M12"], indirect=True)
async def test_unreadable_reports_become_dead_letters(line: Line) -> None:
    """An unknown type and a broken body are kept; their neighbours are read."""
    await line.publish(REPORTS, IntakeCaughtUp(event_id="x", occurred_at=DUE_AT, watermark=DUE_AT))
    kafka, headers = line.kafka, [("ce_type", b"qcdc.ReportAccepted.v1")]
    await kafka.send_and_wait(REPORTS, b"{", partition=PARTITION, headers=headers)
    await kafka.send_and_wait(REPORTS, b"{}", partition=PARTITION, headers=headers)
    await line.report(["32768.2"])

    async with at_work(line):
        reasons = await eventually(lambda: dead_letters(line), seconds=90)

    assert reasons[-3:] == ["unknown_type", "not_json", "invalid"]


@pytest.mark.parametrize("line", ["cal.2025-Q3"], indirect=True)
async def test_mail_server_that_says_no_for_hours_hides_nobody(line: Line) -> None:
    """F3: the operator hears of it, and once the server is well one mail names all 129."""
    line.mailbox.answer_to_message = in_turn(["550 not now"] * 12)
    await line.catch_up(DUE_AT + MINUTE)
    async with at_work(line):
        await eventually(lambda: attempted_at_once(line, 12), seconds=90)
        await eventually(lambda: is_ready(line))
        complaint = await eventually(lambda: complaint_about_notices(line))
        await eventually(lambda: attempted_at_once(line, 13))
        await eventually(lambda: arrived(line, 1))
        await eventually(lambda: no_complaint_about_notices(line))

    assert complaint is not None
    assert (complaint["condition"], complaint["count"]) == ("notices_failed", 1)
    assert [named(text) for text in line.mailbox.texts] == [set(communes())]


async def attempted_at_once(line: Line, count: int) -> bool:
    """Let no time pass between attempts; tell whether there were so many."""
    async with line.notifier.database.connection() as connection:
        row = await connection.fetchrow(
            "UPDATE notice SET send_after = now() WHERE attempts < $1 AND lease_until IS NULL"
            " RETURNING attempts",
            count,
        )
        attempts = await connection.fetchval("SELECT max(attempts) FROM notice")
        leased = await connection.fetchval("SELECT count(lease_until) FROM notice")
    return row is None and attempts == count and not leased


async def complaint_about_notices(line: Line) -> dict[str, object] | None:
    complaints = (await line.http.get("/health")).json()["complaints"]
    found: dict[str, object] | None = complaints.get("notices")
    return found


async def no_complaint_about_notices(line: Line) -> bool:
    return await complaint_about_notices(line) is None


async def is_ready(line: Line) -> bool:
    return (await line.http.get("/health/ready")).status_code == 200


async def complains(line: Line, words: str) -> bool:
    complaint = line.notifier.health.complaints.get("scan")
    return complaint is not None and words in complaint.detail


async def reads_the_watermark(line: Line) -> bool:
    return (await line.notifier.horizon.stored()).watermark is not None


async def dead_letters(line: Line) -> list[str]:
    async with line.notifier.database.connection() as connection:
        filed = await connection.fetchval("SELECT count(*) FROM filing WHERE unit = '32768.2'")
        rows = await connection.fetch('SELECT reason FROM dead_letter ORDER BY "offset"')
        return [row["reason"] for row in rows] if filed else []


async def told_on_kafka(line: Line) -> NoticeSent | None:
    """Return the newest NoticeSent in the province's partition, if it is there yet."""
    async with AIOKafkaConsumer(
        DUTIES, bootstrap_servers=line.bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        found = None
        while batches := await consumer.getmany(timeout_ms=2000):
            for record in itertools.chain(*batches.values()):
                is_notice = header_texts(record.headers)["ce_type"] == NoticeSent.type_name()
                if is_notice and record.partition == PARTITION:
                    found = NoticeSent.model_validate_json(record.value)
        return found
