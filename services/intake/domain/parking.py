"""
Parking: what the reference data in force cannot judge is kept, and judged once they can.

It is no verdict on the sender. Whatever breaks a rule is refused first; only what breaks none, and
still cannot be judged, is parked (``docs/decisions/0015-total-decoders-and-parking.md``).
"""

from services.intake.domain.parsing import SubmissionEvent
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import ParkedSubmission
from services.intake.domain.submissions import RawSubmission
from services.intake.domain.violations import Violation
from shared.contracts.strict_json import parse
from shared.reference.errors import CalendarTooShort, NoDeadlineRule
from shared.reference.periods import Period

JUDGEMENT_FAILED = Violation("judgement_failed", "", severity="warn")
"""Judging raised: a fault of ours, that another release mends."""

WAITS_FOR_EARLIER = Violation("waits_for_earlier", "period", severity="warn")
"""An earlier submission for the slot is parked; judged before it, this one would not be newer."""


def not_judgeable(
    report: SubmissionEvent, period: Period, context: RuleContext
) -> Violation | None:
    """
    Return why reference data cannot judge a submission that breaks no rule, None when they can.

    They must say when it is due: the calendar must reach the due day, and the regime must have a
    rule for the period and the level of the unit. Unit, form and period are known already, and a
    known unit always lies in a province: no other directory can be loaded.
    """
    try:
        context.when_due(report.form, period, report.unit)
    except CalendarTooShort:
        return _parked("calendar_too_short", period, context)
    except NoDeadlineRule:
        return _parked("no_deadline_rule", period, context)
    return None


def unparked(parked: ParkedSubmission) -> RawSubmission:
    """Return a parked submission as it was received, to be judged again."""
    entry = parked.entry
    return RawSubmission(
        source=entry.source,
        kind=entry.kind,
        event_id=entry.event_id,
        document=parse(entry.body),
        body=entry.body,
        received_at=entry.received_at,
        time_required=parked.time_required,
        revision=parked.revision,
        parked=True,
    )


def _parked(code: str, period: Period, context: RuleContext) -> Violation:
    values = {"period": context.regimes.label_vi(period)}
    return Violation(code, "period", values, severity="warn")
