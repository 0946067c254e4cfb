"""The load, sent as two upstream systems would: one on Kafka, one over HTTP, both examples."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from examples.http_client import Document, Receipt, UpstreamClient
from examples.kafka_client import SUBMITTED, UpstreamProducer, cloud_event
from shared.contracts.reports import ReportSubmitted, ReportWithdrawalRequested
from tools.demo.checks import until_nothing_is_missing
from tools.demo.deliveries import Delivery, Event, Load, Poison, Transport
from tools.demo.settings import DemoError
from tools.deployment.deployment import Deployment

KAFKA_SOURCE = "tinh-he-thong"
HTTP_SOURCE = "cong-http"
ANSWER_SECONDS_MAX = 30.0
JUDGED_SECONDS_MAX = 60.0
"""Until intake has judged everything that lies on Kafka before the poison."""


@dataclass(frozen=True)
class Upstreams:
    """Two upstream systems, connected."""

    kafka: UpstreamProducer
    http: UpstreamClient
    raw_http: httpx.AsyncClient
    """The same system, for bodies that no client would send."""
    of_kafka_source: UpstreamClient
    """Where the source that writes to Kafka asks what became of it."""

    @classmethod
    @asynccontextmanager
    async def connect(cls, deployment: Deployment) -> AsyncIterator["Upstreams"]:
        """Connect both to a deployment, for the length of the block."""
        url, keys = deployment.url("intake"), deployment.keys
        async with (
            UpstreamProducer.connect(deployment.kafka, KAFKA_SOURCE) as kafka,
            _http(url, keys[HTTP_SOURCE]) as http,
            _http(url, keys[KAFKA_SOURCE]) as of_kafka_source,
        ):
            yield cls(kafka, UpstreamClient(http), http, UpstreamClient(of_kafka_source))

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        """Send both ways at once. Raises DemoError when a report is not accepted over HTTP."""
        events: dict[Transport, list[Event]] = {it: [] for it in Transport}
        for delivery in deliveries:
            events[delivery.transport].append(delivery.event)
        await asyncio.gather(
            self._over_kafka(events[Transport.KAFKA]), self._over_http(events[Transport.HTTP])
        )

    async def _over_kafka(self, events: Sequence[Event]) -> None:
        reports, withdrawals = _by_kind(events)
        await self.kafka.submit_many(map(document, reports))
        await self.kafka.withdraw_many(map(document, withdrawals))

    async def _over_http(self, events: Sequence[Event]) -> None:
        reports, withdrawals = _by_kind(events)
        expect_all_accepted(await self.http.submit_many([document(it) for it in reports]))
        for event in withdrawals:
            withdrawn = event.event_id.removesuffix(".rut")
            expect_all_accepted([await self.http.withdraw(withdrawn, event.reason)])

    async def poison_kafka(self, poisons: Iterable[Poison]) -> None:
        """Send what must not be taken, under the headers of what it pretends to be."""
        for poison in poisons:
            carrier, at = poison.carrier, poison.carrier.occurred_at.isoformat()
            headers = cloud_event(SUBMITTED, carrier.event_id, at, KAFKA_SOURCE)
            await self.kafka.publish(carrier.unit.encode(), poison.body, headers)

    async def poison_http(self, poisons: Sequence[Poison], unreadable: Poison) -> list[Receipt]:
        """Post what must not be taken: an array, and last what is not even JSON."""
        array = b"[" + b",".join(it.body for it in poisons) + b"]"
        answers = (await self.raw_http.post("/v1/submissions", content=array)).json()
        alone = await self.raw_http.post("/v1/submissions", content=unreadable.body)
        return [
            *(Receipt.of(it["status"], it) for it in answers["results"]),
            Receipt.of(alone.status_code, alone.json()),
        ]


def document(event: Event) -> Document:
    """Write an event as a system that does not know our classes would."""
    return event.model_dump(mode="json")


def expect_all_accepted(receipts: Iterable[Receipt]) -> None:
    """Raise DemoError when intake has refused anything."""
    refused = [it for it in receipts if not it.accepted]
    if refused:
        raise DemoError(f"intake refused {refused[0].content}")


async def send_load(upstreams: Upstreams, load: Load) -> None:
    """Send everything about the articles; a correction always follows what it corrects."""
    _print(f"{len(load.wrong)} wrong reports, to be put right", load.wrong)
    await upstreams.send(load.wrong)
    _print(f"{len(load.withdrawals)} of them withdrawn", load.withdrawals)
    await upstreams.send(load.withdrawals)
    _print(f"{len(load.right)} reports of the articles' units", load.right)
    await upstreams.send(load.right)
    _print(f"{len(load.again)} of them once more", load.again)
    await upstreams.send(load.again)


async def send_poison(upstreams: Upstreams, poisons: Sequence[Poison], unreadable: Poison) -> None:
    """
    Send what must not be taken, both ways.

    Raises:
        DemoError: when one of them does not name the rule that refuses it.

    """
    everything = (*poisons, unreadable)
    await upstreams.poison_kafka(everything)
    answers = await upstreams.poison_http(poisons, unreadable)
    not_named = [
        f"{poison.carrier.event_id} was answered {it.content}"
        for poison, it in zip(everything, answers, strict=True)
        if poison.code not in _codes(it)
    ]
    if not_named:
        raise DemoError(f"over HTTP: {'; '.join(not_named)}")

    async def look() -> list[str]:
        ids = [it.carrier.event_id for it in poisons]
        receipts = [await upstreams.of_kafka_source.receipt(it) for it in ids]
        return [
            f"over Kafka: {poison.carrier.event_id}: {it}"
            for poison, it in zip(poisons, receipts, strict=True)
            if it is None or poison.code not in _codes(it)
        ]

    await until_nothing_is_missing(look, JUDGED_SECONDS_MAX)
    named = ", ".join(it.code for it in everything)
    print(f"load: {len(everything)} poisonous bodies each way, refused: {named}", flush=True)


def _http(url: str, key: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(
        base_url=url, headers=headers, timeout=ANSWER_SECONDS_MAX, trust_env=False
    )


def _by_kind(
    events: Iterable[Event],
) -> tuple[list[ReportSubmitted], list[ReportWithdrawalRequested]]:
    reports: list[ReportSubmitted] = []
    withdrawals: list[ReportWithdrawalRequested] = []
    for event in events:
        if isinstance(event, ReportSubmitted):
            reports.append(event)
        else:
            withdrawals.append(event)
    return reports, withdrawals


def _codes(receipt: Receipt) -> set[str | None]:
    return {receipt.problem, *(it.code for it in receipt.findings)}


def _print(what: str, deliveries: Sequence[Delivery]) -> None:
    kafka = sum(it.transport is Transport.KAFKA for it in deliveries)
    print(f"load: {what} ({kafka} over Kafka, {len(deliveries) - kafka} over HTTP)", flush=True)
