"""Whatever a sender gets wrong is answered within a second, and nobody else feels it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.contracts.reports import ReportSubmitted
from shared.contracts.topics import DEAD_LETTERS, receipts_topic, submissions_topic
from shared.infra.kafka.broker import producer
from tests.end_to_end.poison import Document, Fault, faults
from tools.deployment.deployment import Deployment, Plan
from tools.stack.stack import Stack

pytestmark = [pytest.mark.end_to_end]
SECONDS_MAX = 1.0
SOURCE = "demo"
UNIT, PERIOD = "37.2", "nd09.2026-M01"


def submission(event_id: str, unit: str) -> Document:
    """Write a submission that is right in every way."""
    return {
        "event_id": event_id,
        "occurred_at": "2026-11-01T08:00:00+07:00",
        "unit": unit,
        "form": "F05",
        "period": PERIOD,
        "figures": {
            "dvk_models_opening": None,
            "dvk_models_new": 1,
            "dvk_models_removed": None,
            "dvk_models_total": None,
            "dvk_models_registered": None,
            "dvk_models_recognised": None,
            "land_donated_m2": None,
            "contributions_vnd": None,
            "work_days": 7,
        },
    }


class Answers:
    """Listens to receipts and dead letters, by event id and by place."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self._arrived = asyncio.Condition()

    async def listen(self, consumer: AIOKafkaConsumer) -> None:
        async for record in consumer:
            body = json.loads(record.value)
            async with self._arrived:
                if record.topic == DEAD_LETTERS:
                    place = f"{body['topic']}/{body['partition']}/{body['offset']}"
                    self.seen[place] = f"dead letter: {body['reason']}"
                else:
                    codes = [it["code"] for it in body["findings"] if it["severity"] == "reject"]
                    self.seen[body["submission_id"]] = f"rejected: {codes}" if codes else "accepted"
                self._arrived.notify_all()

    async def wait(self, *names: str) -> str | None:
        """Return what was answered to one of *names*, or None after a generous while."""

        def answered() -> str | None:
            return next((self.seen[it] for it in names if it in self.seen), None)

        async with self._arrived:
            try:
                await asyncio.wait_for(self._arrived.wait_for(lambda: answered() is not None), 20)
            except TimeoutError:
                return None
            return answered()


@asynccontextmanager
async def listening(bootstrap: str) -> AsyncIterator[Answers]:
    answers = Answers()
    async with AIOKafkaConsumer(
        DEAD_LETTERS, receipts_topic(SOURCE), bootstrap_servers=bootstrap
    ) as consumer:
        await consumer.seek_to_end()
        task = asyncio.create_task(answers.listen(consumer))
        try:
            yield answers
        finally:
            task.cancel()


async def send(
    kafka: AIOKafkaProducer, body: bytes | None, headers: tuple[tuple[str, bytes], ...] | None
) -> str:
    """Append one record to the submissions topic and return its place."""
    if headers is None:
        headers = (("ce_type", ReportSubmitted.type_name().encode()),)
    meta = await kafka.send_and_wait(
        submissions_topic(SOURCE), body, key=b"one-partition", headers=list(headers)
    )
    return f"{meta.topic}/{meta.partition}/{meta.offset}"


async def test_every_fault_is_answered_within_a_second(stack: Stack, ninh_binh_whole: Path) -> None:
    """A verdict or a dead letter each, and the good submission right behind it is accepted."""
    with Deployment.prepare(
        stack, Plan(sources=[SOURCE], directory_files=[ninh_binh_whole])
    ) as deployment:
        deployment.services["intake"].start()
        deployment.services["intake"].wait_ready()
        unit = "00004.2"
        slow: list[str] = []
        unanswered: list[str] = []
        told: dict[str, str] = {}
        async with (
            listening(deployment.kafka) as answers,
            producer(deployment.kafka, "upstream") as kafka,
        ):
            corpus = faults(lambda event_id: submission(event_id, unit))
            await send(kafka, json.dumps(submission("warm-up", unit)).encode(), None)
            assert await answers.wait("warm-up") == "accepted"
            for number, fault in enumerate(corpus):
                seconds, answer, neighbour = await ask(kafka, answers, fault, number, unit)
                told[fault.name] = answer or "nothing"
                if answer is None or answer == "accepted" or neighbour != "accepted":
                    unanswered.append(f"{fault.name}: {answer}; its neighbour: {neighbour}")
                elif seconds > SECONDS_MAX:
                    slow.append(f"{fault.name}: {seconds:.2f} s")

    print(json.dumps(told, indent=1))
    assert unanswered == []
    assert slow == []


async def ask(
    kafka: AIOKafkaProducer, answers: Answers, fault: Fault, number: int, unit: str
) -> tuple[float, str | None, str | None]:
    """Send a fault and a good neighbour behind it; return how long the answer to the fault took."""
    begun = time.monotonic()
    place = await send(kafka, fault.body, fault.headers)
    good = submission(f"neighbour-{number}", unit)
    await send(kafka, json.dumps(good).encode(), None)
    answer = await answers.wait(place, f"poison-{fault.name}")
    seconds = time.monotonic() - begun
    return seconds, answer, await answers.wait(f"neighbour-{number}")
