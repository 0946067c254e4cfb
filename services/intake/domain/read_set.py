"""
What a batch needs of journal and slots before it can be judged: what to lock, what to read.

Whoever writes a report locks its dossier, and the dossiers of the units into which its unit passed
later. So a report and all that it is held against stand still together: the unit's own other
periods under its own lock, the closings of its predecessors under its own lock too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from services.intake.domain.adjoining import Adjoining, adjoining, holding
from services.intake.domain.judge import settles_more_than_arose
from services.intake.domain.parsing import ParsedSubmission
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import EventKey, HandoverKey, ReportSeries, Slot
from shared.contracts.reports import HandoverSubmitted
from shared.reference.dates import DAY
from shared.reference.periods import parse_period


class BacklogQuery(NamedTuple):
    """What one unit left unsettled before a day, as far as it bears on a slot."""

    key: Slot
    unit: str
    before: date


@dataclass(frozen=True)
class ReadSet:
    """What to lock and what to read."""

    events: set[EventKey] = field(default_factory=set)
    series: set[ReportSeries] = field(default_factory=set)
    slots: set[Slot] = field(default_factory=set)
    carried: set[BacklogQuery] = field(default_factory=set)
    handovers: set[HandoverKey] = field(default_factory=set)


def read_set_of(submissions: Iterable[ParsedSubmission], context: RuleContext) -> ReadSet:
    """Work out what a batch needs; what nobody knows gets a verdict but no slot."""
    read_set = ReadSet()
    for parsed in submissions:
        read_set.events.add((parsed.raw.source, parsed.raw.event_id))
        report = parsed.report
        if report is None or not context.is_slot(report.unit, report.form, report.period):
            continue
        key = Slot(report.unit, report.form, report.period)
        if isinstance(report, HandoverSubmitted):
            _handover(read_set, key, report.effective_on, context)
        else:
            _report(read_set, key, context)
            if settles_more_than_arose(report):
                read_set.carried.update(carrying(key, context))
    return read_set


def candidates(key: Slot, context: RuleContext) -> Iterable[Slot]:
    """Yield the slots whose reports begin where this one's ends, in the unit or in its heirs."""
    period_context = context.period_context(key.form, key.period)
    if (
        period_context is None
        or period_context.compiled is None
        or not period_context.compiled.continues
    ):
        return
    for code in period_context.around.following:
        yield Slot(key.unit, key.form, code)
    period = period_context.period
    for heir, day in context.reorganisations.heirs_after(key.unit, period.first_day):
        for code in holding(day):
            if code.startswith(f"{period.regime}."):
                yield Slot(heir, key.form, code)


def closings(
    unit: str, form: str, around: Adjoining, day: date, context: RuleContext
) -> Iterable[Slot]:
    """
    Yield the slots that may say with what a unit closed when it passed on, the best first.

    That is what it closed the day before with, of several periods the shortest one; the last of a
    unit that ended may go beyond its end. Else it is what closed the day before the period of its
    successor begins. What is older proves nothing: nobody knows what happened since.
    """
    ended, regime = context.reorganisations.ended(unit, day), around.period.regime
    for code in holding(day - DAY):
        period = parse_period(code)
        if period and period.regime == regime and (ended or period.last_day == day - DAY):
            yield Slot(unit, form, code)
    for code in around.preceding:
        yield Slot(unit, form, code)


def carrying(key: Slot, context: RuleContext) -> Iterable[BacklogQuery]:
    """Yield whose earlier periods bear on a slot by what they left unsettled (rule R5)."""
    period = parse_period(key.period)
    if period is None:
        return
    yield BacklogQuery(key, key.unit, period.first_day)
    for unit, day in context.reorganisations.ancestors(key.unit, period):
        yield BacklogQuery(key, unit, max(day, period.first_day))


def _report(read_set: ReadSet, key: Slot, context: RuleContext) -> None:
    unit, form, _ = key
    period_context = context.period_context(form, key.period)
    if period_context is None:
        return
    around, period = period_context.around, period_context.period
    read_set.series.add(ReportSeries(unit, form))
    for heir, _ in context.reorganisations.heirs_after(unit, period.first_day):
        read_set.series.add(ReportSeries(heir, form))
    read_set.slots.add(key)
    if around.year_before:
        read_set.slots.add(Slot(unit, form, around.year_before))
    if period_context.compiled is None or not period_context.compiled.continues:
        return
    for code in (*around.preceding, *around.ending_together):
        read_set.slots.add(Slot(unit, form, code))
    _base(read_set, key, around, context)
    for candidate in candidates(key, context):
        read_set.slots.add(candidate)
        its = adjoining(candidate.period)
        if its is not None:
            _base(read_set, candidate, its, context)


def _base(read_set: ReadSet, key: Slot, around: Adjoining, context: RuleContext) -> None:
    """Add what the opening of a slot rests on, beside what the unit itself reported before."""
    unit, form, _ = key
    reorganisation = context.reorganisations.reorganisation(unit, around.period)
    if reorganisation is None:
        return
    day = reorganisation.effective_on
    read_set.handovers.add(HandoverKey(unit, form, day))
    for whole in reorganisation.wholes:
        read_set.slots.update(closings(whole, form, around, day, context))


def _handover(read_set: ReadSet, key: Slot, day: date, context: RuleContext) -> None:
    read_set.series.add(ReportSeries(key.unit, key.form))
    read_set.handovers.add(HandoverKey(key.unit, key.form, day))
    component, around = context.reorganisations.component(key.unit, day), adjoining(key.period)
    if component is None or around is None:
        return
    for unit in component.new:
        read_set.series.add(ReportSeries(unit, key.form))
        read_set.handovers.add(HandoverKey(unit, key.form, day))
    for unit in component.old:
        read_set.slots.update(closings(unit, key.form, around, day, context))
    read_set.slots.update(Slot(key.unit, key.form, code) for code in holding(day))
