"""What ``qcdc.reports.v1`` says of slots, and what becomes of slots that have forgotten it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pydantic import ValidationError

from services.intake.domain.events import PublishedReport
from services.intake.domain.state import SlotState
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.values import COUNT_MAX
from shared.contracts.wire import header_texts
from shared.reference.periods import parse_period
from shared.reference.slots import Slot

_TYPES: Mapping[str, type[ReportAccepted] | type[ReportWithdrawn]] = {
    it.type_name(): it for it in (ReportAccepted, ReportWithdrawn)
}


def published_report(
    headers: Iterable[tuple[str, bytes | None]], body: bytes | None
) -> PublishedReport | None:
    """Read a record of the topic; None when it is none of ours, or about no period we know."""
    known = _TYPES.get(header_texts(headers).get("ce_type", ""))
    try:
        report = known.model_validate_json(body or b"") if known else None
    except ValidationError:
        return None
    return report if report and parse_period(report.period) else None


def newest_by_slot(reports: Iterable[PublishedReport]) -> dict[Slot, PublishedReport]:
    """Return the report with the highest revision of each slot."""
    newest: dict[Slot, PublishedReport] = {}
    for report in reports:
        slot = Slot(report.unit, report.form, report.period)
        if slot not in newest or newest[slot].revision < report.revision:
            newest[slot] = report
    return newest


def learnt(slot: SlotState, report: PublishedReport) -> SlotState:
    """
    Return a slot that has forgotten *report*, a later revision, as one that knows it.

    Receipt and verdict of lateness are those published: who was in time stays in time. Figures are
    not taken over, since the journal lacks the submission: whoever sends it again gets the next
    revision, and with it a line in the journal. What is not known keeps rules silent.
    """
    revision = report.revision
    if isinstance(report, ReportWithdrawn):
        return SlotState(slot.key, revision, content_revision=revision)
    judged = replace(
        slot,
        revision=revision,
        first_received_at=report.first_received_at,
        due_at=report.due_at,
        deadline_rule=report.deadline_rule,
        on_time=None if report.backfilled else report.on_time,
    )
    if slot.filled and (slot.source, slot.event_id) == (report.source, report.submission_id):
        return judged  # only the lateness of what it holds was judged again
    return replace(
        judged,
        figures_hash=hashlib.sha256(report.event_id.encode()).digest(),  # that of no figures
        backlog=COUNT_MAX,  # nobody knows how much it leaves: enough for whatever is settled
        carried_in=None,
        figures=None,
        form_version=report.form_version,
        source=report.source,
        event_id=report.submission_id,
        content_revision=revision,
    )
