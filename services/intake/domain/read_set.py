"""
What a batch needs of journal and slots before it can be judged: what to lock, what to read.

Whoever writes a report locks its dossier, and the dossiers of the units into which its unit passed
later. So a report and all that it is held against stand still together: the unit's own other
periods under its own lock, the closings of its predecessors under its own lock too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from services.intake.domain.adjoining import Adjoining, adjoining, holding
from services.intake.domain.judge import asks_for_history
from services.intake.domain.parsing import Reading
from services.intake.domain.rule_context import Knowledge
from services.intake.domain.state import Dossier, EventKey, HandoverKey, SlotKey
from shared.contracts.reports import HandoverSubmitted
from shared.reference.periods import parse_period

_DAY = timedelta(days=1)


class Carrying(NamedTuple):
    """What one unit left unsettled before a day, as far as it bears on a slot."""

    key: SlotKey
    unit: str
    before: date


@dataclass(frozen=True)
class Needs:
    """What to lock and what to read."""

    events: set[EventKey] = field(default_factory=set)
    dossiers: set[Dossier] = field(default_factory=set)
    slots: set[SlotKey] = field(default_factory=set)
    carried: set[Carrying] = field(default_factory=set)
    handovers: set[HandoverKey] = field(default_factory=set)


def needs_of(readings: Iterable[Reading], knowledge: Knowledge) -> Needs:
    """Work out what a batch needs; what nobody knows gets a verdict but no slot."""
    needs = Needs()
    for reading in readings:
        needs.events.add((reading.arrived.source, reading.arrived.event_id))
        report = reading.report
        if report is None or not knowledge.is_slot(report.unit, report.form, report.period):
            continue
        key = SlotKey(report.unit, report.form, report.period)
        if isinstance(report, HandoverSubmitted):
            _handover(needs, key, report.effective_on, knowledge)
        else:
            _report(needs, key, knowledge)
            if asks_for_history(report):
                needs.carried.update(carrying(key, knowledge))
    return needs


def candidates(key: SlotKey, knowledge: Knowledge) -> Iterable[SlotKey]:
    """Yield the slots whose reports begin where this one's ends, in the unit or in its heirs."""
    frame = knowledge.frame(key.form, key.period)
    if frame is None or frame.plan is None or not frame.plan.continues:
        return
    for code in frame.around.following:
        yield SlotKey(key.unit, key.form, code)
    period = frame.period
    for heir, day in knowledge.kinship.heirs_after(key.unit, period.first_day):
        for code in holding(day):
            if code.startswith(f"{period.regime}."):
                yield SlotKey(heir, key.form, code)


def closings(
    unit: str, form: str, around: Adjoining, day: date, knowledge: Knowledge
) -> Iterable[SlotKey]:
    """
    Yield the slots that may say with what a unit closed when it passed on, the best first.

    That is what it closed the day before with, of several periods the shortest one; the last of a
    unit that ended may go beyond its end. Else it is what closed the day before the period of its
    successor begins. What is older proves nothing: nobody knows what happened since.
    """
    ended, regime = knowledge.kinship.ended(unit, day), around.period.regime
    for code in holding(day - _DAY):
        period = parse_period(code)
        if period and period.regime == regime and (ended or period.last_day == day - _DAY):
            yield SlotKey(unit, form, code)
    for code in around.preceding:
        yield SlotKey(unit, form, code)


def carrying(key: SlotKey, knowledge: Knowledge) -> Iterable[Carrying]:
    """Yield whose earlier periods bear on a slot by what they left unsettled (rule R5)."""
    period = parse_period(key.period)
    if period is None:
        return
    yield Carrying(key, key.unit, period.first_day)
    for unit, day in knowledge.kinship.ancestors(key.unit, period):
        yield Carrying(key, unit, max(day, period.first_day))


def _report(needs: Needs, key: SlotKey, knowledge: Knowledge) -> None:
    unit, form, _ = key
    frame = knowledge.frame(form, key.period)
    if frame is None:
        return
    around, period = frame.around, frame.period
    needs.dossiers.add(Dossier(unit, form))
    for heir, _ in knowledge.kinship.heirs_after(unit, period.first_day):
        needs.dossiers.add(Dossier(heir, form))
    needs.slots.add(key)
    if around.year_before:
        needs.slots.add(SlotKey(unit, form, around.year_before))
    if frame.plan is None or not frame.plan.continues:
        return
    for code in (*around.preceding, *around.ending_together):
        needs.slots.add(SlotKey(unit, form, code))
    _base(needs, key, around, knowledge)
    for candidate in candidates(key, knowledge):
        needs.slots.add(candidate)
        its = adjoining(candidate.period)
        if its is not None:
            _base(needs, candidate, its, knowledge)


def _base(needs: Needs, key: SlotKey, around: Adjoining, knowledge: Knowledge) -> None:
    """Add what the opening of a slot rests on, beside what the unit itself reported before."""
    unit, form, _ = key
    redrawing = knowledge.kinship.redrawing(unit, around.period)
    if redrawing is None:
        return
    day = redrawing.effective_on
    needs.handovers.add(HandoverKey(unit, form, day))
    for whole in redrawing.wholes:
        needs.slots.update(closings(whole, form, around, day, knowledge))


def _handover(needs: Needs, key: SlotKey, day: date, knowledge: Knowledge) -> None:
    needs.dossiers.add(Dossier(key.unit, key.form))
    needs.handovers.add(HandoverKey(key.unit, key.form, day))
    component, around = knowledge.kinship.component(key.unit, day), adjoining(key.period)
    if component is None or around is None:
        return
    for unit in component.new:
        needs.dossiers.add(Dossier(unit, key.form))
        needs.handovers.add(HandoverKey(unit, key.form, day))
    for unit in component.old:
        needs.slots.update(closings(unit, key.form, around, day, knowledge))
    needs.slots.update(SlotKey(key.unit, key.form, code) for code in holding(day))
