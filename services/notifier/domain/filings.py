"""
What a batch of report events changes: filings, and the duties that they meet or open again.

A slot stands at its highest revision. An older or equal revision changes nothing, which is why
replay, redelivery and reordering are harmless.
"""

from collections.abc import Iterable, Mapping

from services.notifier.domain.duties import (
    Changes,
    Duty,
    Entry,
    Filing,
    Happening,
    Slot,
    State,
    advance,
    tell_met,
    tell_opened,
)
from shared.contracts.duties import DutyEvent
from shared.contracts.reports import ReportAccepted, ReportWithdrawn

Report = ReportAccepted | ReportWithdrawn


def newest(reports: Iterable[Report]) -> dict[Slot, Report]:
    """Return the report of the highest revision for every slot of a batch."""
    found: dict[Slot, Report] = {}
    for report in reports:
        slot = Slot(report.unit, report.form, report.period)
        if slot not in found or report.revision > found[slot].revision:
            found[slot] = report
    return found


def file_reports(entries: Mapping[Slot, Entry], reports: Mapping[Slot, Report]) -> Changes:
    """Return what these reports change in slots that stand as *entries* says."""
    filings: dict[Slot, Filing] = {}
    duties: dict[Slot, Duty] = {}
    events: list[DutyEvent] = []
    for slot, report in sorted(reports.items()):
        entry = entries.get(slot, Entry())
        if entry.filing is not None and report.revision <= entry.filing.revision:
            continue
        filings[slot] = _filing(report)
        if entry.duty is None:
            continue
        after = advance(entry.duty, _happening(report))
        if after != entry.duty:
            duties[slot] = after
            events.append(_tell(after, report))
    return Changes(filings, duties, tuple(events))


def _filing(report: Report) -> Filing:
    received = report.first_received_at if isinstance(report, ReportAccepted) else None
    return Filing(report.revision, received)


def _happening(report: Report) -> Happening:
    accepted = isinstance(report, ReportAccepted)
    return Happening.REPORTED if accepted else Happening.WITHDRAWN


def _tell(duty: Duty, report: Report) -> DutyEvent:
    if duty.state is State.MET and isinstance(report, ReportAccepted):
        return tell_met(duty, report.revision, report.first_received_at, report.occurred_at)
    return tell_opened(duty, report.revision, report.occurred_at)
