"""Both ways into intake, as upstream systems use them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import httpx
from aiokafka import AIOKafkaProducer
from pydantic import BaseModel, TypeAdapter

from shared.contracts.reports import Finding, ReportSubmitted
from shared.contracts.topics import submissions_topic
from shared.contracts.wire import Message, encode
from shared.infra.kafka.broker import producer
from tools.demo.deliveries import Event
from tools.demo.errors import DemoError
from tools.demo.poison import Poison

KAFKA_SOURCE = "tinh-he-thong"
HTTP_SOURCE = "cong-http"
ITEMS_PER_REQUEST = 300
ANSWER_SECONDS_MAX = 30.0


class Judged(BaseModel):
    """What intake has to say against a submission."""

    submission_id: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all findings."""
        return frozenset(it.code for it in self.findings)


class Result(Judged):
    """What intake answers to one submission of several."""

    status: int


class _Results(BaseModel):
    results: list[Result]


class KafkaDoor:
    """An upstream system that writes to its own topic."""

    def __init__(self, kafka: AIOKafkaProducer, source: str) -> None:
        self._kafka = kafka
        self._source = source
        self._topic = submissions_topic(source)

    @classmethod
    @asynccontextmanager
    async def open(cls, bootstrap: str, source: str = KAFKA_SOURCE) -> AsyncIterator["KafkaDoor"]:
        """Connect as *source* for the length of the block."""
        kafka = producer(bootstrap, f"demo-{source}")
        await kafka.start()
        try:
            yield cls(kafka, source)
        finally:
            await kafka.stop()

    async def send(self, events: Iterable[Event]) -> None:
        """Send events in their order, and return when Kafka holds all of them."""
        await self._send([(it.unit, encode(it, self._source)) for it in events])

    async def poison(self, poisons: Iterable[Poison]) -> None:
        """Send what must not be taken, under the headers of what it pretends to be."""
        carried = [(it, encode(it.carrier, self._source)) for it in poisons]
        await self._send(
            [(it.carrier.unit, Message(message.headers, it.body)) for it, message in carried]
        )

    async def _send(self, messages: Sequence[tuple[str, Message]]) -> None:
        acknowledgements = [
            await self._kafka.send(self._topic, it.body, key=unit.encode(), headers=it.headers)
            for unit, it in messages
        ]
        await asyncio.gather(*acknowledgements)


class HttpDoor:
    """An upstream system that posts arrays and reads the verdicts."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, key: str) -> AsyncIterator["HttpDoor"]:
        """Connect with an API key for the length of the block."""
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(
            base_url=url, headers=headers, timeout=ANSWER_SECONDS_MAX, trust_env=False
        ) as http:
            yield cls(http)

    async def send(self, events: Sequence[ReportSubmitted]) -> None:
        """
        Post reports in arrays, one after the other.

        Raises:
            DemoError: when one is not accepted.

        """
        for start in range(0, len(events), ITEMS_PER_REQUEST):
            part = events[start : start + ITEMS_PER_REQUEST]
            for result in await self.post([it.model_dump_json().encode() for it in part]):
                if result.status not in (httpx.codes.OK, httpx.codes.CREATED):
                    raise DemoError(f"intake refused {result.submission_id}: {result.findings}")

    async def post(self, bodies: Sequence[bytes]) -> list[Result]:
        """Post one array of documents; return the results in their order."""
        answer = await self._http.post("/v1/submissions", content=b"[" + b",".join(bodies) + b"]")
        _expect(answer, httpx.codes.OK)
        return _Results.model_validate_json(answer.content).results

    async def post_alone(self, body: bytes) -> str:
        """Post one document that is not even one; return what intake calls the problem."""
        answer = await self._http.post("/v1/submissions", content=body)
        _expect(answer, httpx.codes.BAD_REQUEST)
        problem = TypeAdapter(dict[str, object]).validate_python(json.loads(answer.content))
        return str(problem["type"]).rpartition(":")[2]

    async def judged(self, event_id: str) -> Judged | None:
        """Return what became of a submission of this source, None while intake knows of none."""
        answer = await self._http.get(f"/v1/submissions/{event_id}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        _expect(answer, httpx.codes.OK)
        return Judged.model_validate_json(answer.content)

    async def withdraw(self, event_id: str, reason: str) -> None:
        """
        Withdraw what was accepted under an event id.

        Raises:
            DemoError: when there was nothing to withdraw.

        """
        answer = await self._http.delete(f"/v1/submissions/{event_id}", params={"reason": reason})
        _expect(answer, httpx.codes.OK)


def _expect(answer: httpx.Response, status: int) -> None:
    if answer.status_code != status:
        request = answer.request
        raise DemoError(
            f"{request.method} {request.url} answered {answer.status_code}: {answer.text[:500]}"
        )
