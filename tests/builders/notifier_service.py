"""A notifier as a service: its topics, its mail, and what it has been given to read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import yaml
from aiokafka import AIOKafkaProducer

from services.notifier import app
from services.notifier.app import Notifier
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.event import Event
from shared.contracts.topics import COMMON, REPORTS, WATERMARKS
from shared.contracts.wire import encode
from shared.directory.loading import load_reference_data
from shared.infra.kafka.broker import producer
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.migrate import migrate
from tests.builders.notifier_world import (
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
from tests.builders.plumbing import new_topic
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
        await notifier.close()


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
