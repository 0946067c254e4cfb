"""
A client of QCDC's intake over Kafka; copy this file, it needs Python 3.11 and aiokafka.

A message is repeated until the broker has acknowledged it. That is safe because intake recognises
a submission by its ``event_id``. Kafka transactions are not needed. Intake reads what they commit,
and whatever lies behind an open one waits for its end.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

Document = Mapping[str, Any]
"""A submission as JSON (docs/SENDING.md). Its ``event_id`` is yours, and never used twice."""

Headers = Sequence[tuple[str, bytes]]

SUBMITTED = "qcdc.ReportSubmitted.v1"
WITHDRAWAL_REQUESTED = "qcdc.ReportWithdrawalRequested.v1"
HANDOVER_SUBMITTED = "qcdc.HandoverSubmitted.v1"
PAUSE_SECONDS = 0.2


class NotAcknowledged(Exception):
    """The broker did not acknowledge a message in time. Send the same document again later."""


class NoTopic(Exception):
    """Your source has no topics yet; the operator creates them with ``qcdc keys create``."""


class UpstreamProducer:
    """An upstream system that writes to its own topic."""

    def __init__(self, kafka: AIOKafkaProducer, source: str, seconds_max: float = 60.0) -> None:
        """Repeat each message for up to ``seconds_max``; ``math.inf`` never gives up."""
        self._kafka = kafka
        self._source = source
        self._topic = f"qcdc.submissions.{source}.v1"
        self._seconds_max = seconds_max

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, bootstrap: str, source: str, seconds_max: float = 60.0, **options: Any
    ) -> AsyncIterator["UpstreamProducer"]:
        """Produce as *source*; *options* go to ``AIOKafkaProducer``, for example SASL's."""
        async with AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            client_id=f"upstream-{source}",
            acks="all",  # acknowledged means held by every replica in sync
            enable_idempotence=True,  # a retry of the library neither doubles nor reorders
            **options,
        ) as kafka:
            yield cls(kafka, source, seconds_max)

    async def submit(self, report: Document) -> None:
        """Send one report. Raises NotAcknowledged."""
        await self._send(SUBMITTED, report)

    async def submit_many(self, reports: Iterable[Document]) -> None:
        """Send reports: units side by side, those of one unit in order. Raises NotAcknowledged."""
        await self._send_many((SUBMITTED, it) for it in reports)

    async def withdraw_many(self, requests: Iterable[Document]) -> None:
        """Take reports back; a request names its slot and a ``reason``. Raises NotAcknowledged."""
        await self._send_many((WITHDRAWAL_REQUESTED, it) for it in requests)

    async def hand_over(self, record: Document) -> None:
        """Send what a unit opens with after a reform. Raises NotAcknowledged."""
        await self._send(HANDOVER_SUBMITTED, record)

    async def publish(self, key: bytes, body: bytes | None, headers: Headers) -> None:
        """Write one message and return once the broker holds it. Raises NotAcknowledged."""
        end = time.monotonic() + self._seconds_max
        while True:
            try:
                await self._kafka.send_and_wait(self._topic, body, key=key, headers=headers)
            except (KafkaError, OSError, TimeoutError) as problem:
                if time.monotonic() > end:
                    raise NotAcknowledged(repr(problem)) from problem
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                return

    async def _send_many(self, messages: Iterable[tuple[str, Document]]) -> None:
        by_unit: dict[str, list[tuple[str, Document]]] = defaultdict(list)
        for kind, document in messages:
            by_unit[document["unit"]].append((kind, document))
        await asyncio.gather(*map(self._send_in_order, by_unit.values()))

    async def _send_in_order(self, messages: Iterable[tuple[str, Document]]) -> None:
        """Wait for each: if an earlier one were repeated after a later one, it would win."""
        for kind, document in messages:
            await self._send(kind, document)

    async def _send(self, kind: str, document: Document) -> None:
        body = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
        headers = cloud_event(kind, document["event_id"], document["occurred_at"], self._source)
        await self.publish(document["unit"].encode(), body, headers)


def cloud_event(kind: str, event_id: str, occurred_at: str, source: str) -> Headers:
    """Return the headers of a message: CloudEvents 1.0, binary mode."""
    texts = {
        "ce_specversion": "1.0",
        "ce_type": kind,
        "ce_id": event_id,
        "ce_time": occurred_at,
        "ce_source": source,
        "content-type": "application/json",
    }
    return [(name, it.encode()) for name, it in texts.items()]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What intake says of a submission."""

    kind: str
    """``Submission…`` ``Accepted``, ``Rejected`` or ``Parked`` (not yet); ``ReportQuestioned``."""
    submission_id: str
    """Your ``event_id``."""
    findings: Sequence[Mapping[str, str]]
    """``code``, ``field``, ``severity``, and a Vietnamese ``message`` for people."""
    content: Mapping[str, Any]


@asynccontextmanager
async def verdicts(
    bootstrap: str, source: str, group: str, **options: Any
) -> AsyncIterator[AsyncIterator[Verdict]]:
    """
    Read the receipts of *source*, from where *group* has left off, for as long as you like.

    A receipt counts as read once you ask for the next one, so after a crash the last one comes
    again. *options* go to ``AIOKafkaConsumer``.
    """
    async with AIOKafkaConsumer(
        f"qcdc.receipts.{source}.v1",
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",  # a new group misses nothing
        enable_auto_commit=False,
        **options,
    ) as consumer:
        yield _read(consumer, commit=True)


@asynccontextmanager
async def new_verdicts(
    bootstrap: str, source: str, **options: Any
) -> AsyncIterator[AsyncIterator[Verdict]]:
    """
    Read the receipts of *source* that are written from now on, as part of no group.

    Enter it before you send: then no earlier receipt is taken for the answer. Raises NoTopic.
    """
    topic = f"qcdc.receipts.{source}.v1"
    # A consumer of an unknown topic waits a minute for it: look first.
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, **options) as consumer:
        if topic not in await consumer.topics():
            raise NoTopic(f"{topic} does not exist; ask the operator for your topics")
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, **options) as consumer:
        await consumer.seek_to_end()
        yield _read(consumer, commit=False)


async def _read(consumer: AIOKafkaConsumer, *, commit: bool) -> AsyncIterator[Verdict]:
    async for record in consumer:
        content = json.loads(record.value)
        kind = dict(record.headers)["ce_type"].decode().split(".")[1]
        yield Verdict(kind, content["submission_id"], content["findings"], content)
        if commit:
            await consumer.commit()
