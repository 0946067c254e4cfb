"""
The senders: half of them upstream systems on Kafka, half over HTTP; nobody gives up.

A request is repeated, with the same event id, until there is an answer that leaves no doubt, so
at the end every wish has reached intake at least once.
"""

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.contracts.reports import ReportSubmitted, ReportWithdrawalRequested
from shared.contracts.topics import submissions_topic
from shared.contracts.wire import encode
from tests.chaos.workload import FORM, POISON, Slot, Task, Workload

RETRY_SECONDS = 0.2
LINES_MAX = 40
"""Requests over HTTP at one time; the client's own queue takes quadratic time beyond that."""

DEFINITE = {200, 201, 404, 409, 422}


@dataclass
class Sent:
    """What was sent, counted."""

    requests: int = 0
    poison: int = 0
    unexpected: list[str] = field(default_factory=list)


class Senders:
    """Everybody who sends to one deployment, at a steady rate whatever the deployment does."""

    def __init__(self, kafka: AIOKafkaProducer, url: str, key: str, source: str) -> None:
        self._kafka = kafka
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._source = source
        self._topic = submissions_topic(source)
        self.sent = Sent()
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(timeout=20)
        self._lines = asyncio.Semaphore(LINES_MAX)
        self._stop = asyncio.Event()

    async def run(self, workload: Workload, per_second: float, poison_share: float = 0.05) -> None:
        """Send until ``finish``, then wait until every request has its answer."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while not self._stop.is_set():
            while self.sent.requests + self.sent.poison < (loop.time() - begun) * per_second:
                if workload.random.random() < poison_share:
                    self.sent.poison += 1
                    self._start(self._poison(workload.random.choice(POISON), workload.random))
                elif task := workload.next():
                    self.send(task)
                else:
                    break  # every slot that was tried waits for an answer
            await asyncio.sleep(1 / per_second)
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._client.aclose()

    def finish(self) -> None:
        """Send nothing new."""
        self._stop.set()

    def send(self, task: Task) -> None:
        """Send one more thing besides the steady mixture."""
        task.slot.busy = True
        self.sent.requests += 1
        self._start(self._send(task))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, task: Task) -> None:
        try:
            if task.slot.over_http:
                async with self._lines:
                    await self._over_http(task)
            else:
                await self._over_kafka(task)
        finally:
            task.slot.busy = False

    async def _over_http(self, task: Task) -> None:
        while True:
            try:
                if task.wish.version is None:
                    answer = await self._withdraw(task.slot)
                else:
                    answer = await self._client.post(
                        f"{self._url}/v1/submissions",
                        content=_submission(task).model_dump_json(),
                        headers=self._headers,
                    )
            except httpx.HTTPError:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if answer.status_code in DEFINITE:
                if answer.status_code == 422 and task.wish.version:
                    self.sent.unexpected.append(answer.text[:500])
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def _withdraw(self, slot: Slot) -> httpx.Response:
        """Withdraw the slot through the newest submission that filled it."""
        filled = [it for it in slot.wishes if it.version]
        return await self._client.delete(
            f"{self._url}/v1/submissions/{filled[-1].event_id}",
            params={"reason": "thử nghiệm"},
            headers=self._headers,
        )

    async def _over_kafka(self, task: Task) -> None:
        event: ReportSubmitted | ReportWithdrawalRequested
        if task.wish.version is None:
            event = ReportWithdrawalRequested(
                event_id=task.wish.event_id,
                occurred_at=_now(),
                unit=task.slot.unit,
                form=FORM,
                period=task.slot.period,
                reason="thử nghiệm",
            )
        else:
            event = _submission(task)
        message = encode(event, self._source)
        await self._publish(task.slot.unit.encode(), message.body, message.headers)

    async def _publish(
        self, key: bytes, body: bytes | None, headers: list[tuple[str, bytes]]
    ) -> None:
        while True:
            try:
                await self._kafka.send_and_wait(self._topic, body, key=key, headers=headers)
            except (KafkaError, OSError, TimeoutError):
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _poison(self, body: bytes | None, rng: random.Random) -> None:
        if rng.random() < 0.3 and body:
            await self._poison_over_http(body)
            return
        headers = [("ce_type", b"qcdc.ReportSubmitted.v1"), ("ce_id", f"{rng.random()}".encode())]
        await self._publish(f"{rng.random()}".encode(), body, headers)

    async def _poison_over_http(self, body: bytes) -> None:
        try:
            answer = await self._client.post(
                f"{self._url}/v1/submissions", content=body, headers=self._headers
            )
        except httpx.HTTPError:
            return  # poison that does not arrive is no loss
        if answer.status_code < 400:
            self.sent.unexpected.append(f"poison answered {answer.status_code}: {body[:60]!r}")


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the sender's clock


def _submission(task: Task) -> ReportSubmitted:
    assert task.wish.version
    return ReportSubmitted(
        event_id=task.wish.event_id,
        occurred_at=_now(),
        unit=task.slot.unit,
        form=FORM,
        period=task.slot.period,
        figures=task.slot.figures(task.wish.version),
    )
