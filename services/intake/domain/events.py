"""What the world is told of a decision; the same decision always gives the same bytes."""

from datetime import UTC
from typing import TypeVar

from services.intake.domain.judge import Standing
from services.intake.domain.slots import Entry
from shared.contracts.event import derived_id
from shared.contracts.reports import (
    ReportAccepted,
    ReportSubmitted,
    ReportWithdrawn,
    SubmissionAccepted,
    SubmissionRejected,
)

T = TypeVar("T")

Receipt = SubmissionAccepted | SubmissionRejected
Published = ReportAccepted | ReportWithdrawn


def receipt_of(entry: Entry) -> Receipt:
    """Write the receipt of a journal entry, the first time and every time after."""
    event_id = derived_id("receipt", entry.source, entry.event_id, entry.content_hash.hex())
    received_at = entry.received_at.astimezone(UTC)
    if entry.verdict == "rejected":
        return SubmissionRejected(
            event_id=event_id,
            occurred_at=received_at,
            submission_id=entry.event_id,
            source=entry.source,
            unit=entry.unit,
            form=entry.form,
            period=entry.period,
            received_at=received_at,
            findings=entry.findings,
        )
    return SubmissionAccepted(
        event_id=event_id,
        occurred_at=received_at,
        submission_id=entry.event_id,
        source=entry.source,
        unit=_there(entry.unit),
        form=_there(entry.form),
        period=_there(entry.period),
        revision=_there(entry.revision),
        unchanged=entry.unchanged,
        received_at=received_at,
        findings=entry.findings,
    )


def published(entry: Entry, standing: Standing) -> Published:
    """Write the event by which a slot's new revision reaches everybody."""
    event_id = derived_id("report", entry.source, entry.event_id, entry.content_hash.hex())
    received_at = entry.received_at.astimezone(UTC)
    report = standing.report
    if not isinstance(report, ReportSubmitted):
        return ReportWithdrawn(
            event_id=event_id,
            occurred_at=received_at,
            source=entry.source,
            submission_id=entry.event_id,
            unit=report.unit,
            unit_type=standing.unit_type,
            path=standing.path,
            form=report.form,
            form_version=standing.form_version,
            period=report.period,
            revision=_there(entry.revision),
            reason=report.reason,
            received_at=received_at,
        )
    return ReportAccepted(
        event_id=event_id,
        occurred_at=received_at,
        source=entry.source,
        submission_id=entry.event_id,
        unit=report.unit,
        unit_type=standing.unit_type,
        path=standing.path,
        form=report.form,
        form_version=standing.form_version,
        period=report.period,
        revision=_there(entry.revision),
        figures=dict(standing.figures),
        qualifiers=report.qualifiers,
        received_at=received_at,
        first_received_at=_there(entry.first_received_at).astimezone(UTC),
        due_at=_there(entry.due_at).astimezone(UTC),
        deadline_rule=_there(entry.deadline_rule),
        on_time=_there(entry.on_time),
    )


def _there(value: T | None) -> T:
    """Return a field that every accepted entry has."""
    if value is None:
        raise LookupError("an accepted journal entry lacks a field")
    return value
