"""The events and receipts of an outcome; the same outcome always gives the same bytes."""

from collections.abc import Mapping
from datetime import UTC
from typing import TypeVar

from services.intake.domain.parsing import SubmissionEvent
from services.intake.domain.state import JournalEntry, OpenQuestion
from shared.contracts.event import derived_id
from shared.contracts.reports import (
    Cause,
    ReportAccepted,
    ReportQuestioned,
    ReportSubmitted,
    ReportWithdrawalRequested,
    ReportWithdrawn,
    SubmissionAccepted,
    SubmissionParked,
    SubmissionRejected,
)

T = TypeVar("T")
CanonicalFigures = Mapping[str, int | str | None]

SubmissionReceipt = SubmissionAccepted | SubmissionRejected | SubmissionParked
PublishedReport = ReportAccepted | ReportWithdrawn


def receipt_of(entry: JournalEntry) -> SubmissionReceipt:
    """Write the receipt of a journal entry, the first time and every time after."""
    cause = entry.source, entry.event_id, entry.content_hash.hex()
    received_at = entry.received_at.astimezone(UTC)
    if entry.verdict == "parked":
        return _parked(entry, derived_id("parked", *cause, *(it.code for it in entry.findings)))
    event_id = derived_id("receipt", *cause)
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


def published(
    entry: JournalEntry, report: SubmissionEvent, figures: CanonicalFigures
) -> PublishedReport:
    """Write the event by which a slot's new revision reaches everybody."""
    if isinstance(report, ReportSubmitted):
        return _accepted(entry, report, figures)
    if isinstance(report, ReportWithdrawalRequested):
        return _withdrawn(entry, report)
    raise TypeError("a handover is no report; nothing of it is published")


def rejudged(
    entry: JournalEntry,
    filled_by: JournalEntry,
    report: SubmissionEvent,
    figures: CanonicalFigures,
    document: str,
) -> ReportAccepted:
    """
    Write the event by which a slot's lateness is judged again.

    Figures, sender and receipt time are those of the submission that filled the slot.
    """
    if not isinstance(report, ReportSubmitted):
        raise TypeError("only a report can be judged again")
    again = _accepted(entry, report, figures)
    return again.model_copy(
        update={
            "source": filled_by.source,
            "submission_id": filled_by.event_id,
            "received_at": filled_by.received_at.astimezone(UTC),
            "rejudged": document,
        }
    )


def questioned(question: OpenQuestion) -> ReportQuestioned:
    """Write the question to the sender of a report that no longer fits."""
    return ReportQuestioned(
        event_id=derived_id(
            "question",
            *question.key,
            question.content_revision,
            question.cause_kind,
            *question.cause,
            question.cause_revision,
        ),
        occurred_at=question.asked_at.astimezone(UTC),
        submission_id=question.submission_id,
        source=question.source,
        unit=question.key.unit,
        form=question.key.form,
        period=question.key.period,
        revision=question.revision,
        cause=Cause(
            unit=question.cause.unit,
            form=question.cause.form,
            period=question.cause.period,
            revision=question.cause_revision,
        ),
        findings=question.findings,
    )


def _parked(entry: JournalEntry, event_id: str) -> SubmissionParked:
    received_at = entry.received_at.astimezone(UTC)
    return SubmissionParked(
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


def _withdrawn(entry: JournalEntry, report: ReportWithdrawalRequested) -> ReportWithdrawn:
    received_at = entry.received_at.astimezone(UTC)
    return ReportWithdrawn(
        event_id=_report_id(entry),
        occurred_at=received_at,
        source=entry.source,
        submission_id=entry.event_id,
        unit=report.unit,
        unit_type=_there(entry.unit_type),
        path=_there(entry.path),
        form=report.form,
        form_version=_there(entry.form_version),
        period=report.period,
        revision=_there(entry.revision),
        reason=report.reason,
        received_at=received_at,
    )


def _accepted(
    entry: JournalEntry, report: ReportSubmitted, figures: CanonicalFigures
) -> ReportAccepted:
    received_at = entry.received_at.astimezone(UTC)
    return ReportAccepted(
        event_id=_report_id(entry),
        occurred_at=received_at,
        source=entry.source,
        submission_id=entry.event_id,
        unit=report.unit,
        unit_type=_there(entry.unit_type),
        path=_there(entry.path),
        form=report.form,
        form_version=_there(entry.form_version),
        period=report.period,
        revision=_there(entry.revision),
        figures=dict(figures),
        qualifiers=report.qualifiers,
        entered_in=report.entered_in,
        received_at=received_at,
        first_received_at=_there(entry.first_received_at).astimezone(UTC),
        due_at=_there(entry.due_at).astimezone(UTC),
        deadline_rule=_there(entry.deadline_rule),
        on_time=entry.on_time is True,
        backfilled=entry.backfilled,
    )


def _report_id(entry: JournalEntry) -> str:
    return derived_id("report", entry.source, entry.event_id, entry.content_hash.hex())


def _there(value: T | None) -> T:
    """Return a field that every accepted entry has."""
    if value is None:
        raise LookupError("an accepted journal entry lacks a field")
    return value
