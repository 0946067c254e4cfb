"""
What a batch of report events changes: filings, and the duties that they meet or open again.

A slot stands at its highest revision. An older or equal revision changes nothing, which is why
replay, redelivery and reordering are harmless. The verdict on lateness is intake's: a met duty
stands by the deadline that its report was judged by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.notifier.domain.duties import (
    Because,
    Changes,
    DueChange,
    Duty,
    Entry,
    Filing,
    Happening,
    Slot,
    State,
    advance,
    tell_met,
    tell_opened,
    together,
)
from shared.contracts.duties import DutyEvent
from shared.contracts.reports import ReportAccepted, ReportWithdrawn

Report = ReportAccepted | ReportWithdrawn


def newest(reports: Iterable[Report]) -> dict[Slot, Report]:
    """
    Return the report of the highest revision for every slot of a batch.

    A correction that follows a re-judging at once still tells of it: the new verdict is news.
    """
    found: dict[Slot, Report] = {}
    for report in sorted(reports, key=lambda it: it.revision):
        slot = Slot(report.unit, report.form, report.period)
        found[slot] = _with_verdict_of(found.get(slot), report)
    return found


def file_reports(entries: Mapping[Slot, Entry], reports: Mapping[Slot, Report]) -> Changes:
    """Return what these reports change in slots that stand as *entries* says."""
    return together(
        _file(slot, entries.get(slot, Entry()), report) for slot, report in sorted(reports.items())
    )


def _file(slot: Slot, entry: Entry, report: Report) -> Changes:
    if entry.filing is not None and report.revision <= entry.filing.revision:
        return Changes()
    filing = _filing(report)
    if entry.duty is None:
        return Changes(filings={slot: filing})
    moved = _judged_by(entry.duty, report)
    duty = advance(_follow(entry.duty, moved), _happening(report))
    if duty == entry.duty and not _rejudged(duty, report):
        return Changes(filings={slot: filing})
    told = (_tell(duty, filing, report),)
    return Changes({slot: filing}, {slot: duty}, told, (moved,) if moved else ())


def _with_verdict_of(earlier: Report | None, report: Report) -> Report:
    if not isinstance(report, ReportAccepted) or not isinstance(earlier, ReportAccepted):
        return report
    return report.model_copy(update={"rejudged": report.rejudged or earlier.rejudged})


def _filing(report: Report) -> Filing:
    if isinstance(report, ReportAccepted):
        return Filing(report.revision, report.first_received_at, report.on_time)
    return Filing(report.revision, None)


def _judged_by(duty: Duty, report: Report) -> DueChange | None:
    """Tell how the due instant follows the one that intake judged by: later, or by a document."""
    if not isinstance(report, ReportAccepted) or duty.state is State.EXCUSED:
        return None
    if report.due_at == duty.due_at or (report.due_at < duty.due_at and not report.rejudged):
        return None
    return DueChange(
        duty.slot,
        duty.due_at,
        report.due_at,
        report.deadline_rule,
        Because.REJUDGED if report.rejudged else Because.JUDGED,
        report.rejudged or "",
        report.occurred_at,
    )


def _follow(duty: Duty, moved: DueChange | None) -> Duty:
    return replace(duty, due_at=moved.becomes, deadline_rule=moved.rule) if moved else duty


def _rejudged(duty: Duty, report: Report) -> bool:
    judged = isinstance(report, ReportAccepted) and report.rejudged is not None
    return judged and duty.state is State.MET


def _happening(report: Report) -> Happening:
    accepted = isinstance(report, ReportAccepted)
    return Happening.REPORTED if accepted else Happening.WITHDRAWN


def _tell(duty: Duty, filing: Filing, report: Report) -> DutyEvent:
    if duty.state is State.MET and isinstance(report, ReportAccepted):
        return tell_met(duty, filing, report.first_received_at, report.occurred_at)
    return tell_opened(duty, report.revision, report.occurred_at)
