"""
The changes of a batch of report events: filings, and the duties that they meet or reopen.

Only the highest revision of a slot counts. An older or equal revision changes nothing, so replay,
redelivery and reordering are harmless. The verdict on lateness is intake's: a met duty keeps the
due instant by which its report was judged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.notifier.domain.changes import DueChange, DueChangeCause, DutyChanges, merged
from services.notifier.domain.duties import (
    Duty,
    DutyState,
    DutyTrigger,
    Filing,
    SlotRecord,
    advance,
)
from services.notifier.domain.duty_events import duty_met, duty_opened
from shared.contracts.duties import DutyEvent
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.reference.slots import Slot

ReportEvent = ReportAccepted | ReportWithdrawn


def newest(reports: Iterable[ReportEvent]) -> dict[Slot, ReportEvent]:
    """
    Return the report of the highest revision for every slot of a batch.

    A correction keeps the ``rejudged`` of an earlier revision in the batch, so that the new verdict
    is published.
    """
    newest_by_slot: dict[Slot, ReportEvent] = {}
    for report in sorted(reports, key=lambda it: it.revision):
        slot = Slot(report.unit, report.form, report.period)
        newest_by_slot[slot] = _with_verdict_of(newest_by_slot.get(slot), report)
    return newest_by_slot


def file_reports(
    records: Mapping[Slot, SlotRecord], reports: Mapping[Slot, ReportEvent]
) -> DutyChanges:
    """Return the changes of these reports to the records of their slots."""
    return merged(
        _file(slot, records.get(slot, SlotRecord()), report)
        for slot, report in sorted(reports.items())
    )


def _file(slot: Slot, record: SlotRecord, report: ReportEvent) -> DutyChanges:
    if report.revision <= record.revision:
        return DutyChanges()
    filing = _filing(report)
    if record.duty is None:
        return DutyChanges(filings={slot: filing})
    due_change = _due_change(record.duty, report)
    duty = advance(_follow(record.duty, due_change), _trigger(report))
    if duty == record.duty and not _rejudged(duty, report):
        return DutyChanges(filings={slot: filing})
    events = (_event(duty, filing, report),)
    return DutyChanges({slot: filing}, {slot: duty}, events, (due_change,) if due_change else ())


def _with_verdict_of(earlier: ReportEvent | None, report: ReportEvent) -> ReportEvent:
    if not isinstance(report, ReportAccepted) or not isinstance(earlier, ReportAccepted):
        return report
    return report.model_copy(update={"rejudged": report.rejudged or earlier.rejudged})


def _filing(report: ReportEvent) -> Filing:
    if isinstance(report, ReportAccepted):
        received_at = report.first_received_at
        return Filing(report.revision, received_at, report.on_time, report.backfilled)
    return Filing(report.revision, None)


def _due_change(duty: Duty, report: ReportEvent) -> DueChange | None:
    """Return the move to the due instant that intake judged by: later, or by a document."""
    if not isinstance(report, ReportAccepted) or duty.state is DutyState.EXCUSED:
        return None
    if report.due_at == duty.due_at or (report.due_at < duty.due_at and not report.rejudged):
        return None
    return DueChange(
        duty.slot,
        duty.due_at,
        report.due_at,
        report.deadline_rule,
        DueChangeCause.REJUDGED if report.rejudged else DueChangeCause.JUDGED,
        report.rejudged or "",
        report.occurred_at,
    )


def _follow(duty: Duty, due_change: DueChange | None) -> Duty:
    if due_change is None:
        return duty
    return replace(duty, due_at=due_change.becomes, deadline_rule=due_change.rule)


def _rejudged(duty: Duty, report: ReportEvent) -> bool:
    rejudged = isinstance(report, ReportAccepted) and report.rejudged is not None
    return rejudged and duty.state is DutyState.MET


def _trigger(report: ReportEvent) -> DutyTrigger:
    accepted = isinstance(report, ReportAccepted)
    return DutyTrigger.REPORTED if accepted else DutyTrigger.WITHDRAWN


def _event(duty: Duty, filing: Filing, report: ReportEvent) -> DutyEvent:
    if duty.state is DutyState.MET and isinstance(report, ReportAccepted):
        return duty_met(duty, filing, report.first_received_at, report.occurred_at)
    return duty_opened(duty, report.revision, report.occurred_at)
