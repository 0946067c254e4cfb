"""Submissions over Kafka: a verdict or a dead letter for each, whatever lies beside it."""

import asyncio
import json
from collections import Counter
from enum import StrEnum

from aiokafka import AIOKafkaConsumer

from shared.contracts.topics import (
    DEAD_LETTERS,
    WATERMARKS,
    per_source,
    submissions_topic,
)
from shared.infra.health import Condition
from shared.infra.kafka.breakers import UNREADABLE_MAX
from shared.infra.kafka.topics import create_missing_topics
from tests.builders.intake_service import (
    SUBMITTED,
    Topics,
    Upstream,
    body_of,
    document,
    made_topics,
    served,
)
from tests.builders.plumbing import new_topic, publish
from tests.builders.service_process import answers
from tests.eventually import eventually

DEAD: dict[str, list[bytes | None]] = {
    "empty": [None, b""],
    "not_json": [
        b"x" * 1_000_000,
        b"not json",
        b'{"event_id": "a"',
        b'\xef\xbb\xbf{"event_id": "b"}',
    ],
    "not_utf8": ['{"event_id": "c"}'.encode("utf-16"), b'{"event_id": "\xff"}'],
    "too_deep": [b'{"a":' * 100_000],
    "not_an_object": [b"[1]", b"null"],
    "missing_event_id": [b"{}"],
}
ANSWERED = {
    "not_a_number": "NaN",
    "negative_zero": "-0",
    "decimal_not_text": "1e400",
    "too_many_digits": "9" * 30,
    "boolean": "true",
    "thousands_separator": '"1.635"',
    "not_a_decimal": '"abc"',
    "duplicate_key": '1, "dvk_models_total": 2',
}


async def test_poison_gets_an_answer_and_its_neighbours_are_untouched(
    kafka: str, postgres_url: str
) -> None:
    """Rows 37 to 43: dead letters with a reason, verdicts with a finding, good ones counted."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics) as upstream,
    ):
        good = 0
        for body in [it for bodies in DEAD.values() for it in bodies]:
            await topics.send(body)
            await topics.send(document(good, 7))
            good += 1
        for token in ANSWERED.values():
            text = json.dumps(document(99, 4711)).replace("4711", token)
            await topics.send(text.encode())
        await topics.send(document(98, 7, note="\ud800", **{"x\ud800": 1}))
        await topics.send(document(98, 7), [SUBMITTED, ("ce_source", b"\xff\xfe")])
        await topics.send(document(98, 7), [("ce_type", b"qcdc.ReportSubmitted.v99")])
        await topics.send(document(good, 7))

        receipts = [body_of(it) for it in await topics.receipts(good + 1 + len(ANSWERED) + 2)]

        codes = Counter(code for it in receipts for code in _rejections(it))
        assert codes == Counter([*ANSWERED, "control_character", "bad_text", "source_mismatch"])
        assert sum("revision" in it for it in receipts) == good + 1
        letters = await upstream.rows("SELECT reason FROM dead_letter")
        reasons = Counter(it["reason"] for it in letters)
        assert reasons == {it: len(bodies) for it, bodies in DEAD.items()} | {
            "unsupported_version": 1
        }
        assert await topics.published(upstream) == good + 1


async def test_resend_gets_the_receipt_byte_for_byte(kafka: str, postgres_url: str) -> None:
    """And one event that comes through HTTP and Kafka at once counts once."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics) as upstream,
    ):
        one, both = document(0, 5), [document(n, 5) for n in range(1, 11)]
        await topics.send(one)
        (first,) = await topics.receipts(1)

        await topics.send(one | {"occurred_at": "2026-11-22T12:34:56+07:00"}, partition=3)
        (again,) = await topics.receipts(1)
        posted = asyncio.gather(*(upstream.post(it) for it in both))
        for it in both:
            await topics.send(it, partition=4)
        over_http = await posted
        over_kafka = await topics.receipts(2 * len(both))

        assert (again.value, dict(again.headers)) == (first.value, dict(first.headers))
        assert {it.status_code for it in over_http} <= {200, 201}
        assert len({it.value for it in over_kafka}) == len(both)
        assert len(await upstream.rows("SELECT 1 FROM journal")) == 11
        assert await topics.published(upstream) == 11


async def test_breaker_stops_a_partition_that_holds_nothing_but_poison(
    kafka: str, postgres_url: str
) -> None:
    """Twenty dead letters; then it waits for a while, and others go on."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics) as upstream,
    ):
        for _ in range(UNREADABLE_MAX + 5):
            await topics.send(b"poison")
        await topics.send(document(0, 5))
        await topics.send(document(1, 5), partition=1)

        (receipt,) = await topics.receipts(1)
        complaint = await eventually(lambda: _complaint(upstream, topics))
        ready = await eventually(lambda: answers(upstream.http, "/health/ready", 200))
        health = (await upstream.http.get("/health")).json()
        posted = await upstream.post(document(2, 5))

        assert complaint == Condition.BREAKER_OPEN
        assert ready
        assert posted.status_code == 201  # others are not concerned
        (shown,) = health["complaints"].values()
        assert (shown["condition"], shown["remedy"]) == (complaint, "qcdc dead-letters reset")
        assert body_of(receipt)["unit"] == document(1)["unit"]
        letters = await upstream.rows("SELECT 1 FROM dead_letter")
        assert len(letters) == UNREADABLE_MAX
        assert not await upstream.rows("SELECT 1 FROM slot WHERE unit = $1", document(0)["unit"])


async def test_watermark_is_published_after_the_reports(kafka: str, postgres_url: str) -> None:
    """A report received over Kafka lies before the first watermark that passes it."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics) as upstream,
    ):
        await topics.send(document(0, 5))
        (receipt,) = await topics.receipts(1)
        received_at = str(body_of(receipt)["received_at"])

        async with AIOKafkaConsumer(
            WATERMARKS, bootstrap_servers=kafka, auto_offset_reset="earliest"
        ) as consumer:

            async def passed() -> bool:
                found = (await consumer.getmany(timeout_ms=100)).values()
                marks = [str(body_of(it)["watermark"]) for batch in found for it in batch]
                return any(it > received_at for it in marks)

            await eventually(passed)

        assert await topics.published(upstream) == 1


async def test_topic_made_while_intake_was_away_is_read(kafka: str, postgres_url: str) -> None:
    """
    A static member gets back the partitions that it had; a new source must not wait for ever.

    Planted: without the epoch in ``shared/infra/kafka/broker.py`` no receipt ever comes.
    """
    async with made_topics(kafka) as old:
        async with served(postgres_url, kafka, old):
            await old.send(document(0, 5))
            await old.receipts(1)
        other = old.source.removesuffix("a") + "b"
        async with made_topics(kafka, other) as new, served(postgres_url, kafka, new):
            await new.send(document(1, 5))

            (receipt,) = await new.receipts(1)

            assert body_of(receipt)["source"] == new.source


async def test_a_source_without_its_receipts_topic_stops_nobody(
    kafka: str, postgres_url: str
) -> None:
    """
    Its reports count all the same, and other sources get their receipts (safety finding 9).

    Submissions topics that somebody made by hand, without the pair, keep no intake from starting.
    """
    async with made_topics(kafka) as topics:
        alone = topics.source.removesuffix("a") + "alone"
        submissions, receipts = per_source([alone])
        await create_missing_topics(kafka, [submissions])
        async with served(postgres_url, kafka, topics) as upstream:
            await topics.kafka.send_and_wait(
                submissions.name,
                json.dumps(document(1, 5)).encode(),
                key=b"key",
                headers=[SUBMITTED],
            )
            await eventually(lambda: upstream.rows("SELECT 1 FROM journal"), seconds=40)
            await topics.send(document(0, 5))
            (receipt,) = await topics.receipts(1)
            parts = (f"topic {receipts.name}", f"outbox {receipts.name}")
            await eventually(lambda: _complain(upstream, *parts), seconds=40)
            waiting = await upstream.rows("SELECT DISTINCT topic FROM outbox")

            await create_missing_topics(kafka, [receipts])
            await eventually(lambda: _none_complains(upstream, *parts), seconds=40)

            assert body_of(receipt)["unit"] == document(0)["unit"]
            assert receipts.name in {it["topic"] for it in waiting}
            assert {it["topic"] for it in waiting} <= {receipts.name, WATERMARKS}
            assert not await upstream.rows("SELECT 1 FROM outbox WHERE topic = $1", receipts.name)
            assert len(await upstream.rows("SELECT 1 FROM slot")) == 2


async def test_dead_letter_of_a_record_that_is_all_key_and_value_leaves(
    kafka: str, postgres_url: str
) -> None:
    """Key and value of 490 kB each were 1.3 MB in base64, and stopped the outbox (finding 4)."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics) as upstream,
    ):
        await topics.kafka.send_and_wait(
            submissions_topic(topics.source), b"x" * 490_000, b"k" * 490_000, 0
        )
        await topics.send(document(0, 5))

        (receipt,) = await topics.receipts(1)

        assert body_of(receipt)["unit"] == document(0)["unit"]
        assert len(await upstream.rows("SELECT 1 FROM dead_letter")) == 1
        await eventually(lambda: _left(upstream, DEAD_LETTERS))
        assert await topics.published(upstream) == 1


async def _left(upstream: Upstream, topic: str) -> bool:
    return not await upstream.rows("SELECT 1 FROM outbox WHERE topic = $1", topic)


async def _complain(upstream: Upstream, *parts: str) -> bool:
    return upstream.intake.health.complaints.keys() >= set(parts)


async def _none_complains(upstream: Upstream, *parts: str) -> bool:
    return not upstream.intake.health.complaints.keys() & set(parts)


async def test_a_topic_that_only_begins_like_ours_is_not_read(
    kafka: str, postgres_url: str
) -> None:
    """Framework habits: a source that keeps a topic for its retries beside ours (F10)."""
    async with made_topics(kafka) as topics:
        retries = await new_topic(kafka, name=f"{submissions_topic(topics.source)}.retry")
        await publish(kafka, retries, [b"poison"] * 30)
        async with served(postgres_url, kafka, topics) as upstream:
            await topics.send(document(0, 5))
            (receipt,) = await topics.receipts(1)

            assert body_of(receipt)["unit"] == document(0)["unit"]
            assert await upstream.intake.reader.behind() == 0
            assert not await upstream.rows("SELECT 1 FROM dead_letter")


def _rejections(receipt: object) -> list[str]:
    assert isinstance(receipt, dict)
    return [it["code"] for it in receipt["findings"] if it["severity"] == "reject"]


async def _complaint(upstream: Upstream, topics: Topics) -> StrEnum | None:
    part = f"breaker qcdc.submissions.{topics.source}.v1/0"
    complaint = upstream.intake.health.complaints.get(part)
    return complaint.condition if complaint else None
