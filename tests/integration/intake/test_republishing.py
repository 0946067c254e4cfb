"""Republishing: the journal gives every event of the reports topic again, byte for byte."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.intake.app import build_receive_submissions, load_messages, rule_context
from services.intake.usecases.rejudge import RejudgeReports
from services.intake.usecases.republish import RepublishedReports, RepublishReports
from shared.contracts.topics import PARTITIONS, REPORTS
from shared.infra.kafka.broker import Record, producer
from shared.infra.postgres.database import Connection
from shared.reference.directory import Directory
from shared.reference.reference_data import ReferenceData
from tests.eventually import eventually
from tests.integration.intake.running import (
    Topics,
    Upstream,
    body_of,
    document,
    made_topics,
    reference,
    served,
)
from tests.integration.intake.test_rejudging import EXTENDED, ORDER
from tests.integration.shared.plumbing import new_topic

pytestmark = pytest.mark.asyncio

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


async def test_every_record_is_published_as_it_was(history: History) -> None:
    """Readers that skip known event ids and revisions see nothing new, in the old order."""
    outcome = await history.republish()

    assert outcome == RepublishedReports(revisions=13, derived=0, dry_run=False)
    assert await _read(history.topics.reports, 13) == history.first


async def test_lost_topic_is_filled_again(history: History) -> None:
    """A rebuild reads the same from a new log."""
    topic = await new_topic(history.kafka, PARTITIONS[REPORTS])

    await history.republish(topic=topic)

    assert await read_all(history.kafka, topic, 13) == history.first


async def test_directory_of_a_later_day_changes_no_event(history: History) -> None:
    """What an event says of its unit was stored; the rest follows from body and form version."""
    now = reference().directory
    states = [state for unit in now for state in now.states(unit.key)]
    moved = [
        replace(it, type="phuong", parent="80.2") if it.parent == "37.2" else it for it in states
    ]
    later = replace(EXTENDED, directory=Directory(moved))

    outcome = await history.republish(known=later)

    assert outcome.derived == 0
    again = await _read(history.topics.reports, 13)
    assert _without_partition(again) == _without_partition(history.first)


async def test_entries_of_an_older_release_are_derived_and_counted(history: History) -> None:
    """They do not store type and path: the directory in force says both, and nothing is hidden."""
    async with history.upstream.intake.database.transaction() as connection:
        await _forget_places(connection)

    outcome = await history.republish()

    assert (outcome.revisions, outcome.derived) == (13, 13)
    assert await _read(history.topics.reports, 13) == history.first


async def test_dry_run_builds_everything_and_sends_nothing(history: History) -> None:
    """An operator sees beforehand whether every event can be built."""
    ends = await history.topics.reports.end_offsets(history.topics.reports.assignment())

    outcome = await history.republish(dry_run=True)

    assert outcome == RepublishedReports(revisions=13, derived=0, dry_run=True)
    assert await history.topics.reports.end_offsets(history.topics.reports.assignment()) == ends


async def _forget_places(connection: Connection) -> None:
    await connection.execute("ALTER TABLE journal DISABLE TRIGGER journal_is_append_only")
    await connection.execute("UPDATE journal SET unit_type = NULL, path = NULL")
    await connection.execute("ALTER TABLE journal ENABLE TRIGGER journal_is_append_only")


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


def _without_partition(
    slots: Mapping[Slot, Sequence[Published]],
) -> Mapping[Slot, Sequence[tuple[object, ...]]]:
    return {slot: [record[:3] for record in records] for slot, records in slots.items()}
