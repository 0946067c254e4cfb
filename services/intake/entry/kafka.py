"""
From a record on ``qcdc.submissions.<source>.v1`` to a RawSubmission.

A record that names itself gets a verdict, however wrong it is; one that does not is a dead letter.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError

from services.intake.domain.submissions import RawSubmission, SubmissionKind, usable_event_id
from services.intake.usecases.receive import ReceiveSubmissions
from shared.contracts.reports import (
    HandoverSubmitted,
    ReportSubmitted,
    ReportWithdrawalRequested,
)
from shared.contracts.strict_json import Unreadable, parse
from shared.contracts.topics import SUBMISSIONS_PATTERN, source_of
from shared.contracts.values import SourceName
from shared.contracts.wire import header_texts
from shared.infra.kafka.records import Poison, Record, appended_at, has_possible_time
from shared.infra.kafka.subscription import Subscription, subscriber
from shared.infra.postgres.database import Connection

_TYPE = re.compile(r"(qcdc\.[A-Za-z]{1,60}\.v)([0-9]{1,9})")
_KINDS = {
    ReportSubmitted.type_name(): SubmissionKind.SUBMISSION,
    ReportWithdrawalRequested.type_name(): SubmissionKind.WITHDRAWAL,
    HandoverSubmitted.type_name(): SubmissionKind.HANDOVER,
}
_STEMS = {_TYPE.sub(r"\1", name) for name in _KINDS}
_SOURCE = TypeAdapter[str](SourceName)


def submissions(receive: ReceiveSubmissions) -> Subscription[RawSubmission]:
    """Return the subscription to what every source submits."""

    @subscriber(pattern=SUBMISSIONS_PATTERN, group="intake", decode=decode)
    async def on_submissions(connection: Connection, batch: Sequence[RawSubmission]) -> None:
        await receive.journal.enter(connection)  # the watermark waits until the batch is committed
        await receive.receive(connection, batch)

    return on_submissions


def decode(record: Record) -> RawSubmission | Poison:
    """Read one record; what cannot even be answered is poison, with a reason."""
    headers = header_texts(record.headers)
    source, kind = _source(record.topic), _kind(headers)
    if source is None or not has_possible_time(record):
        return Poison("impossible_time" if source else "unknown_source")
    if isinstance(kind, Poison):
        return kind
    try:
        document = parse(record.value)
    except Unreadable as reason:
        return Poison(str(reason))
    if not isinstance(document, dict):
        return Poison("not_an_object")
    event_id = usable_event_id(document, headers.get("ce_id"))
    if event_id is None:
        return Poison("missing_event_id")
    return RawSubmission(
        source=source,
        kind=kind,
        event_id=event_id,
        document=document,
        body=record.value or b"",
        received_at=appended_at(record),
        claimed_source=headers.get("ce_source"),
        claimed_id=headers.get("ce_id"),
    )


def _kind(headers: Mapping[str, str]) -> SubmissionKind | Poison:
    name = headers.get("ce_type")
    if not name:
        structured = headers.get("content-type", "").startswith("application/cloudevents")
        return Poison("structured_mode" if structured else "missing_type")
    if name in _KINDS:
        return _KINDS[name]
    match = _TYPE.fullmatch(name)
    known = match is not None and match[1] in _STEMS
    return Poison("unsupported_version" if known else "unknown_type")


@lru_cache(maxsize=1024)
def _source(topic: str) -> str | None:
    """Name the sender; None where only the name of a topic looks like ours."""
    try:
        return _SOURCE.validate_python(source_of(topic))
    except ValidationError:
        return None
