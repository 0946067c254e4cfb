"""What is a verdict's business and what is a dead letter's."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from aiokafka import ConsumerRecord

from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.entry.kafka import decode
from shared.infra.kafka.records import Poison, Record

TOPIC = "qcdc.submissions.demo.v1"
SUBMITTED = ("ce_type", b"qcdc.ReportSubmitted.v1")


def record(
    value: bytes | None,
    headers: Sequence[tuple[str, bytes]] = (SUBMITTED,),
    topic: str = TOPIC,
) -> Record:
    """Build a record as the broker delivers it."""
    return ConsumerRecord(
        topic=topic,
        partition=0,
        offset=7,
        timestamp=1_763_784_000_000,
        timestamp_type=1,
        key=b"key",
        value=value,
        checksum=None,
        serialized_key_size=3,
        serialized_value_size=len(value or b""),
        headers=headers,
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"null", "not_an_object"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"not json", "not_json"),
        (b'{"event_id": "a"', "not_json"),
        (b'\xef\xbb\xbf{"event_id": "a"}', "not_json"),
        ('{"event_id": "a"}'.encode("utf-16"), "not_utf8"),
        ('{"event_id": "a"}'.encode("utf-16-le"), "not_json"),
        (b'{"event_id": "\xff"}', "not_utf8"),
        (b'{"event_id": "\xed\xa0\x80"}', "not_utf8"),
        (b'{"a":' * 100_000, "too_deep"),
        (b" " * 1_048_577, "too_large"),
        (b"{}", "missing_event_id"),
        (b'{"event_id": 7}', "missing_event_id"),
        (b'{"event_id": "\\u0000"}', "missing_event_id"),
    ],
)
def test_what_cannot_be_answered_is_poison(value: bytes | None, reason: str) -> None:
    """Each has a reason of its own, and never a stack trace."""
    assert decode(record(value)) == Poison(reason)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([], "missing_type"),
        ([("content-type", b"application/cloudevents+json; charset=UTF-8")], "structured_mode"),
        ([("content-type", b"application/json")], "missing_type"),
        ([("ce_type", b"")], "missing_type"),
        ([("ce_type", b"qcdc.ReportAccepted.v1")], "unknown_type"),
        ([("ce_type", b"\xff\xfe")], "unknown_type"),
        ([("ce_type", b"qcdc.ReportSubmitted.v99")], "unsupported_version"),
        ([("ce_type", b"qcdc.ReportWithdrawalRequested.v2")], "unsupported_version"),
    ],
)
def test_type_is_read_from_the_header(headers: list[tuple[str, bytes]], reason: str) -> None:
    """A newer major version is kept as it is, for the day on which we understand it."""
    assert decode(record(b'{"event_id": "a"}', headers)) == Poison(reason)


@pytest.mark.parametrize(
    "topic", ["other", "qcdc.submissions.A.v1", f"qcdc.submissions.{'a' * 41}.v1"]
)
def test_topic_without_a_source_is_poison(topic: str) -> None:
    """A source that no receipt could name must not stop the partition."""
    assert decode(record(b'{"event_id": "a"}', topic=topic)) == Poison("unknown_source")


def test_source_kind_and_time_come_from_the_record() -> None:
    """Lateness is judged by the broker's append time, never by what the body says."""
    headers = [
        ("ce_type", b"qcdc.ReportWithdrawalRequested.v1"),
        ("ce_source", b"somewhere/demo"),
        ("ce_id", b"a"),
    ]

    raw = decode(record(b'{"event_id": "a"}', headers))

    assert isinstance(raw, RawSubmission)
    assert (raw.source, raw.kind) == ("demo", SubmissionKind.WITHDRAWAL)
    assert raw.received_at == datetime(2025, 11, 22, 4, 0, tzinfo=UTC)
    assert (raw.claimed_source, raw.claimed_id) == ("somewhere/demo", "a")


def test_header_identifies_what_the_body_does_not() -> None:
    """Then the sender gets a verdict, which says what the body lacks."""
    raw = decode(record(b'{"event_id": 7}', [SUBMITTED, ("ce_id", b"a")]))

    assert isinstance(raw, RawSubmission)
    assert raw.event_id == "a"
