"""
The senders: half of them upstream systems on Kafka, half over HTTP; nobody gives up.

They are the clients of ``examples``, which repeat a request with the same event id until there is
an answer that leaves no doubt. So at the end every wish has reached intake at least once.
"""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from examples.http_client import Document, Receipt, UpstreamClient
from examples.kafka_client import SUBMITTED, UpstreamProducer
from tests.chaos.workload import FORM, POISON, Slot, Task, Workload

REQUESTS_MAX = 40
"""Requests over HTTP at one time; the client's own queue takes quadratic time beyond that."""

REJECTED = 422
REASON = "thử nghiệm"


@dataclass
class Sent:
    """What was sent, counted."""

    requests: int = 0
    poison: int = 0
    unexpected: list[str] = field(default_factory=list)


class Senders:
    """Everybody who sends to one deployment, at a steady rate whatever the deployment does."""

    def __init__(self, kafka: UpstreamProducer, http: httpx.AsyncClient) -> None:
        self._kafka = kafka
        self._http = http
        self._intake = UpstreamClient(http, seconds_max=math.inf)
        self.sent = Sent()
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(REQUESTS_MAX)
        self._stop = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, bootstrap: str, url: str, key: str, source: str, codec: str | None = None
    ) -> AsyncIterator["Senders"]:
        """Send as *source*, for the length of the block; over Kafka compressed with *codec*."""
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            UpstreamProducer.connect(
                bootstrap, source, math.inf, request_timeout_ms=15_000, compression_type=codec
            ) as kafka,
            httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as http,
        ):
            yield cls(kafka, http)

    async def run(self, workload: Workload, per_second: float, poison_share: float) -> None:
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
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            self.sent.unexpected.append(repr(problem)[:500])

    async def _send(self, task: Task) -> None:
        try:
            if task.slot.over_http:
                async with self._places:
                    await self._over_http(task)
            elif task.wish.version is None:
                await self._kafka.withdraw_many([_document(task, reason=REASON)])
            else:
                await self._kafka.submit(_submission(task))
        finally:
            task.slot.busy = False

    async def _over_http(self, task: Task) -> None:
        if task.wish.version is None:
            await self._withdraw(task.slot)
            return
        receipt = await self._intake.submit(_submission(task))
        if receipt.status == REJECTED:
            self.sent.unexpected.append(str(receipt.content)[:500])

    async def _withdraw(self, slot: Slot) -> Receipt:
        """Withdraw the slot through the newest submission that filled it."""
        filled = [it for it in slot.wishes if it.version]
        return await self._intake.withdraw(filled[-1].event_id, REASON)

    async def _poison(self, body: bytes | None, rng: random.Random) -> None:
        if rng.random() < 0.3 and body:
            await self._poison_over_http(body)
            return
        headers = [("ce_type", SUBMITTED.encode()), ("ce_id", f"{rng.random()}".encode())]
        await self._kafka.publish(f"{rng.random()}".encode(), body, headers)

    async def _poison_over_http(self, body: bytes) -> None:
        try:
            answer = await self._http.post("/v1/submissions", content=body)
        except httpx.HTTPError:
            return  # poison that does not arrive is no loss
        if answer.status_code < 400:
            self.sent.unexpected.append(f"poison answered {answer.status_code}: {body[:60]!r}")


def _submission(task: Task) -> Document:
    assert task.wish.version
    return _document(task, figures=task.slot.figures(task.wish.version))


def _document(task: Task, **more: object) -> Document:
    return {
        "event_id": task.wish.event_id,
        "occurred_at": datetime.now(UTC).isoformat(),  # noqa: TID251 - the sender's clock
        "unit": task.slot.unit,
        "form": FORM,
        "period": task.slot.period,
        **more,
    }
