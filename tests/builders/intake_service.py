"""An intake at work, wired as it is served, and the hands of an upstream system."""

import asyncio
import itertools
import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from pydantic import SecretStr

from services.intake import app as wiring
from services.intake.app import Intake
from services.intake.domain.rule_context import build_rule_context
from services.intake.settings import IntakeSettings
from services.intake.store.postgres import Journal
from services.intake.usecases.keys import create_key
from shared.contracts.topics import (
    REPORTS,
    SUBMISSIONS_PATTERN,
    receipts_topic,
    specs,
    submissions_topic,
)
from shared.infra.kafka.broker import producer
from shared.infra.kafka.outbox import acknowledge
from shared.infra.kafka.records import Record
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.database import Connection
from shared.infra.postgres.migrate import migrate
from shared.reference.reference_data import ReferenceData
from tests.builders.intake import Report
from tests.builders.plumbing import new_topic
from tests.builders.reference import shipped_reference
from tests.eventually import eventually

NOWHERE = "127.0.0.1:9"
"""A Kafka that is down."""

SUBMITTED = ("ce_type", b"qcdc.ReportSubmitted.v1")
_numbers = itertools.count(1)


@dataclass
class Upstream:
    """An upstream system with an API key, and the intake that it talks to."""

    intake: Intake
    source: str
    http: httpx.AsyncClient

    async def post(self, document: object) -> httpx.Response:
        """Submit over HTTP."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return await self.http.post("/v1/submissions", content=body)

    async def hand_over(self, document: object) -> httpx.Response:
        """Record a handover over HTTP."""
        return await self.http.post("/v1/handovers", json=document)

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        """Look into the database."""
        async with self.intake.database.connection() as connection:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]


@dataclass
class Topics:
    """What an upstream system writes to and reads from."""

    source: str
    kafka: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    reports: AIOKafkaConsumer

    async def send(
        self,
        value: object,
        headers: Sequence[tuple[str, bytes]] = (SUBMITTED,),
        partition: int = 0,
    ) -> None:
        """Append one submission; bytes and None are sent as they are."""
        body = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
        await self.kafka.send(
            submissions_topic(self.source), body, b"key", partition, headers=list(headers)
        )

    async def receipts(self, number: int, seconds: float = 20) -> list[Record]:
        """Read receipts until there are this many."""
        found: list[Record] = []

        async def enough() -> bool:
            for batch in (await self.consumer.getmany(timeout_ms=100)).values():
                found.extend(batch)
            return len(found) >= number

        await eventually(enough, seconds=seconds)
        return found

    async def published(self, upstream: "Upstream") -> int:
        """Count the reports of this source on the reports topic, once all have left the outbox."""

        async def all_have_left() -> bool:
            return not await upstream.rows("SELECT 1 FROM outbox WHERE topic = $1", REPORTS)

        await eventually(all_have_left)
        ends = await self.reports.end_offsets(self.reports.assignment())
        found: list[Record] = []
        while any([await self.reports.position(it) < end for it, end in ends.items()]):
            for batch in (await self.reports.getmany(timeout_ms=100)).values():
                found.extend(batch)
        return sum(body_of(it)["source"] == self.source for it in found)


def reference() -> ReferenceData:
    """Return the facts that ship with the code."""
    return shipped_reference()


def report(number: int, total: int = 1, **figures: object) -> Report:
    """Return a report of models from the n-th commune of today's Ninh Bình for October 2026."""
    unit = _COMMUNES[number].key
    given = {f"dvk_models_{name}": it for name, it in {"total": total, **figures}.items()}
    return Report(unit, "F05", "nd09.2026-M10", given)


_FACTS = reference()
_COMMUNES = [it for it in _FACTS.directory.below("37.2") if it.level == "commune"]
KNOWLEDGE = build_rule_context(_FACTS.catalogue, _FACTS.directory, _FACTS.due)


def document(number: int, total: int = 1, **changes: object) -> dict[str, Any]:
    """Return a submission with an id of its own."""
    own_id = {"event_id": f"i-{next(_numbers)}"}
    return report(number, total).document(KNOWLEDGE, **(own_id | changes))


@asynccontextmanager
async def served(
    url: str,
    kafka: str,
    topics: Topics | None = None,
    reference: ReferenceData | None = _FACTS,
    directory: str | None = None,
) -> AsyncIterator[Upstream]:
    """
    Serve an intake; with *topics* also what runs beside HTTP, on topics named like these.

    *directory* is the topic that it follows, by default an empty one.
    """
    source = topics.source if topics else "demo"
    await migrate(url, "qcdc", wiring.MIGRATIONS)
    settings = IntakeSettings(
        kafka=kafka, database=SecretStr(url), http_port=1, watermark_seconds=0.2
    )
    intake = wiring.build(
        settings,
        SUBMISSIONS_PATTERN.replace("[a-z0-9]", source.rpartition("-")[0], 1),
        reference=reference,
        directory=directory or (await new_topic(kafka) if topics else "none"),
    )
    await intake.open()
    async with intake.database.connection() as connection:
        key = await create_key(connection, source)
        await _begin_behind_others(intake, connection, topics)
    running = [asyncio.ensure_future(task()) for task in intake.tasks()] if topics else []
    transport = httpx.ASGITransport(intake.app)
    headers = {"Authorization": f"Bearer {key}"}
    try:
        async with httpx.AsyncClient(
            transport=transport, base_url="http://intake", headers=headers
        ) as client:
            yield Upstream(intake, source, client)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await intake.close()


async def _begin_behind_others(
    intake: Intake, connection: Connection, topics: Topics | None
) -> None:
    """Let a new journal know nothing of what other tests have published on the common topic."""
    journal = Journal()
    identity = await journal.identity(connection)
    await journal.remember(connection, identity)
    intake.revisions.watch.trust(identity)
    if topics is not None:
        ends = await topics.reports.end_offsets(topics.reports.assignment())
        await acknowledge(connection, REPORTS, {it.partition: end for it, end in ends.items()})


@asynccontextmanager
async def made_topics(bootstrap: str, source: str | None = None) -> AsyncIterator[Topics]:
    """Make the topics of a new source, and take them away afterwards."""
    source = source or f"s-{uuid.uuid4().hex[:8]}-a"
    await create_missing_topics(bootstrap, specs([source]))
    receipts = receipts_topic(source)
    try:
        async with (
            producer(bootstrap, "test") as kafka,
            AIOKafkaConsumer(
                receipts, bootstrap_servers=bootstrap, auto_offset_reset="earliest"
            ) as consumer,
            AIOKafkaConsumer(REPORTS, bootstrap_servers=bootstrap) as reports,
        ):
            await reports.seek_to_end()  # others have published before us
            yield Topics(source, kafka, consumer, reports)
    finally:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            await admin.delete_topics([submissions_topic(source), receipts])
        finally:
            await admin.close()


def body_of(record: Record) -> Mapping[str, Any]:
    """Read the body of an event."""
    content: Mapping[str, Any] = json.loads(record.value or b"{}")
    return content
