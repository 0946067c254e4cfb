"""A history of one intake, as first published, and how to read a topic whole."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.intake.app import build_receive_submissions, load_messages, rule_context
from services.intake.usecases.rejudge import RejudgeReports
from services.intake.usecases.republish import RepublishedReports, RepublishReports
from shared.contracts.topics import PARTITIONS, REPORTS
from shared.infra.kafka.broker import producer
from shared.infra.kafka.records import Record
from shared.reference.reference_data import ReferenceData
from tests.builders.intake_rejudging import EXTENDED, ORDER
from tests.builders.intake_service import (
    Topics,
    Upstream,
    body_of,
    document,
    made_topics,
    reference,
    served,
)
from tests.eventually import eventually

Slot = tuple[object, ...]


Published = tuple[bytes | None, Sequence[tuple[str, bytes]], bytes | None, int]
"""Key, headers, body and partition of a record."""


@dataclass
class History:
    """An intake with a history, and every record that it has published of it."""

    upstream: Upstream
    topics: Topics
    kafka: str
    first: Mapping[Slot, Sequence[Published]]

    async def republish(
        self, *, topic: str | None = None, dry_run: bool = False, known: ReferenceData | None = None
    ) -> RepublishedReports:
        """Republish by some reference data; by default what was in force all the time."""
        known = known or reference()
        database = self.upstream.intake.database
        use_case = RepublishReports(
            database, build_receive_submissions(lambda: known, load_messages()), rule_context(known)
        )
        if dry_run:
            return await use_case.carry_out(None)
        async with producer(self.kafka, "test") as kafka:
            return await use_case.carry_out(kafka, topic=topic)


@pytest.fixture
async def history(postgres_url: str, kafka: str) -> AsyncIterator[History]:
    """Return reports, corrections, withdrawals, refilled slots and rejudged ones, by both ways."""
    async with made_topics(kafka) as topics, served(postgres_url, kafka, topics) as upstream:
        for number in range(4):
            await topics.send(document(number, number + 1, note="lần đầu"))
        await topics.receipts(4)
        qualified = document(0, 7, event_id="q-0")
        qualified["qualifiers"] = {"dvk_models_total": "at_least"}
        assert (await upstream.post(qualified)).status_code == 201
        assert (await upstream.post(document(1, 8, event_id="h-1"))).status_code == 201
        assert (await upstream.post(document(1, 8))).json()["unchanged"]
        gone = await upstream.http.delete("/v1/submissions/h-1", params={"reason": "nhầm"})
        assert gone.status_code == 200
        assert (await upstream.post(document(1, 9))).status_code == 201
        judged_by = build_receive_submissions(lambda: EXTENDED, load_messages())
        rejudging = RejudgeReports(upstream.intake.database, judged_by, rule_context(EXTENDED))
        assert len(await rejudging.carry_out(ORDER)) == 4
        assert (await upstream.post(document(2, 5))).status_code == 201
        upstream.intake.relay.wake()
        first = await _read(topics.reports, 13)
        assert {len(it) for it in first.values()} == {5, 3, 2}
        yield History(upstream, topics, kafka, first)


async def read_all(kafka: str, topic: str, number: int) -> Mapping[Slot, Sequence[Published]]:
    """Read so many records of a topic from its start, by slot in their order."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    async with consumer:
        consumer.assign([TopicPartition(topic, it) for it in range(PARTITIONS[REPORTS])])
        return await _read(consumer, number)


async def _read(consumer: AIOKafkaConsumer, number: int) -> Mapping[Slot, Sequence[Published]]:
    """Read so many records, by slot in their order."""
    records: list[Record] = []

    async def enough() -> bool:
        for batch in (await consumer.getmany(timeout_ms=100)).values():
            records.extend(batch)
        return len(records) >= number

    await eventually(enough, seconds=20)
    assert len(records) == number
    slots: dict[Slot, list[Published]] = defaultdict(list)
    for record in records:
        body = body_of(record)
        slot = body["unit"], body["form"], body["period"]
        headers = list(record.headers)
        slots[slot].append((record.key, headers, record.value, record.partition))
    return dict(slots)
