"""The whole notifier, wired as it is served, between Kafka, PostgreSQL and a mail server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.notifier import app
from services.notifier.app import Notifier
from shared.contracts.duties import IntakeCaughtUp, NoticeSent
from shared.contracts.event import Event
from shared.contracts.topics import COMMON, DUTIES, REPORTS, WATERMARKS
from shared.contracts.wire import encode, header_texts
from shared.directory.loading import load_reference_data
from shared.infra.kafka.broker import producer
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.migrate import migrate
from tests.eventually import eventually
from tests.integration.notifier.test_delivery import named
from tests.integration.notifier.world import (
    COMMITTEE,
    CONTACT,
    DUE_AT,
    FORM,
    MINUTE,
    PROVINCE,
    communes,
    reference,
    report,
    settings,
)
from tests.integration.shared.plumbing import new_topic
from tools.deployment.clearing import clear_topics
from tools.mail_catcher import MailCatcher
from tools.stack.stack import Stack

LATE = communes()[126:]
PARTITION = reference().directory.provinces().index(PROVINCE) % 12


@dataclass
class Line:
    """A notifier at work and what surrounds it."""

    notifier: Notifier
    mailbox: MailCatcher
    kafka: AIOKafkaProducer
    http: httpx.AsyncClient
    bootstrap: str
    period: str
    directory: str

    async def publish(self, topic: str, *events: Event, partition: int = PARTITION) -> None:
        """Append events, as intake's relay does."""
        for event in events:
            message = encode(event, "qcdc/intake")
            await self.kafka.send_and_wait(
                topic, message.body, key=b"k", partition=partition, headers=message.headers
            )

    async def report(
        self, units: Sequence[str], at: datetime = DUE_AT - MINUTE, due_at: datetime = DUE_AT
    ) -> None:
        """Publish the accepted reports of these communes, judged by an instant."""
        events = (report(it, at=at, period=self.period, due_at=due_at) for it in units)
        await self.publish(REPORTS, *events)

    async def catch_up(self, watermark: datetime) -> None:
        """Let intake say that it is done up to an instant."""
        event = IntakeCaughtUp(
            event_id=f"w-{watermark.timestamp()}", occurred_at=watermark, watermark=watermark
        )
        await self.publish(WATERMARKS, event, partition=0)

    async def states(self) -> dict[str, int]:
        """Count the duties of the period by state."""
        counted: dict[str, int] = {}
        answer = await self.http.get("/v1/duties", params={"period": self.period, "limit": 1000})
        for duty in answer.raise_for_status().json()["duties"]:
            counted[duty["state"]] = counted.get(duty["state"], 0) + 1
        return counted


@pytest.fixture
async def line(
    postgres_url: str, stack: Stack, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Line]:
    """
    Serve a notifier without its socket, for a period of its own.

    Its topics are empty: a watermark that another test published would have everything fall due.
    """
    period: str = request.param
    kafka = stack.kafka.bootstrap
    await clear_topics(stack.kafka)
    await create_missing_topics(kafka, COMMON)
    await migrate(postgres_url, "qcdc", app.MIGRATIONS)
    committees = tmp_path / "committees.yaml"
    committees.write_text(yaml.safe_dump({"committees": [as_written(period)]}), encoding="utf-8")
    directory = await new_topic(kafka)
    async with AsyncExitStack() as undo:
        mailbox = undo.enter_context(MailCatcher.open())
        sender = await undo.enter_async_context(producer(kafka, "test"))
        given = settings(postgres_url, mailbox.port, kafka)
        notifier = app.build(
            given,
            reference=load_reference_data(committee_files=[committees]),
            directory=directory,
        )
        await notifier.database.open()
        transport = httpx.ASGITransport(app=notifier.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as http:
            yield Line(notifier, mailbox, sender, http, kafka, period, directory)
        await notifier.database.close()


@asynccontextmanager
async def at_work(line: Line) -> AsyncIterator[None]:
    """Run the background tasks for the length of the block."""
    tasks = [asyncio.ensure_future(task()) for task in line.notifier.tasks()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
        assert await line.notifier.horizon.as_of() is None
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
        await eventually(lambda: complains(line, "shorter than what was read"), seconds=90)

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


def as_written(period: str) -> dict[str, object]:
    """Return the committee as its file says it."""
    (demand,) = COMMITTEE.demands
    return {
        "key": COMMITTEE.key,
        "name_vi": COMMITTEE.name_vi,
        "area": COMMITTEE.area,
        "programmes": list(COMMITTEE.programmes),
        "letter_style": COMMITTEE.letter_style,
        "contacts": [{"name": CONTACT.name, "role": CONTACT.role, "email": CONTACT.email}],
        "demands": [
            {"form": FORM, "period": period, "due_at": DUE_AT, "document": demand.document}
        ],
    }


async def arrived(line: Line, count: int) -> bool:
    return len(line.mailbox.mails) == count


async def stand(line: Line, wanted: dict[str, int]) -> bool:
    states = await line.states()
    assert states == wanted
    return True


async def is_ready(line: Line) -> bool:
    return (await line.http.get("/health/ready")).status_code == 200


async def complains(line: Line, words: str) -> bool:
    complaint = line.notifier.health.complaints.get("scan")
    return complaint is not None and words in complaint.detail


async def reads_the_watermark(line: Line) -> bool:
    return (await line.notifier.horizon.clock_and_watermark()).watermark is not None


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
        for batch in (await consumer.getmany(timeout_ms=2000, max_records=2000)).values():
            for record in batch:
                is_notice = header_texts(record.headers)["ce_type"] == NoticeSent.type_name()
                if is_notice and record.partition == PARTITION:
                    found = NoticeSent.model_validate_json(record.value)
        return found
