"""
What a batch needs of journal and slots before it can be judged: what to lock, what to read.

Whoever writes a report locks its dossier, and the dossiers of the units into which its unit passed
later. So a report and all that it is held against stand still together: the unit's own other
periods under its own lock, the closings of its predecessors under its own lock too.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from services.intake.domain.adjoining import Adjoining, adjoining, holding
from services.intake.domain.judge import asks_for_history
from services.intake.domain.knowledge import Knowledge
from services.intake.domain.slots import Dossier, EventKey, HandoverKey, SlotKey
from services.intake.domain.structure import Reading
from shared.contracts.reports import HandoverSubmitted
from shared.domain.periods import parse_period


class Closing(NamedTuple):
    """The latest report of a unit in a regime that ends before a day."""

    unit: str
    form: str
    regime: str
    before: date


class Carrying(NamedTuple):
    """What one unit left unsettled before a day, as far as it bears on a slot."""

    key: SlotKey
    unit: str
    before: date


@dataclass(frozen=True)
class Needs:
    """
    What to lock and what to read.

    ``closings`` says how many of the latest reports to read: the batch itself may empty all of
    them but one.
    """

    events: set[EventKey] = field(default_factory=set)
    dossiers: set[Dossier] = field(default_factory=set)
    slots: set[SlotKey] = field(default_factory=set)
    closings: Counter[Closing] = field(default_factory=Counter)
    carried: set[Carrying] = field(default_factory=set)
    handovers: set[HandoverKey] = field(default_factory=set)


def needs_of(readings: Iterable[Reading], knowledge: Knowledge) -> Needs:
    """Work out what a batch needs; what nobody knows gets a verdict but no slot."""
    needs = Needs()
    touched: Counter[tuple[str, str]] = Counter()
    for reading in readings:
        needs.events.add((reading.arrived.source, reading.arrived.event_id))
        report = reading.report
        if report is None or not knowledge.is_slot(report.unit, report.form, report.period):
            continue
        key = SlotKey(report.unit, report.form, report.period)
        touched[report.unit, report.form] += 1
        if isinstance(report, HandoverSubmitted):
            _handover(needs, key, report.effective_on, knowledge)
        else:
            _report(needs, key, knowledge)
            if asks_for_history(report):
                needs.carried.update(carrying(key, knowledge))
    for closing in needs.closings:
        needs.closings[closing] = 1 + touched[closing.unit, closing.form]
    return needs


def candidates(key: SlotKey, knowledge: Knowledge) -> Iterable[SlotKey]:
    """Yield the slots whose reports begin where this one's ends, in the unit or in its heirs."""
    frame = knowledge.frame(key.form, key.period)
    if frame is None or frame.plan is None or not frame.plan.continues:
        return
    for code in frame.around.following:
        yield SlotKey(key.unit, key.form, code)
    period = frame.period
    for heir, day in knowledge.kinship.heirs_after(key.unit, period.last_day):
        for code in holding(day):
            if code.startswith(f"{period.regime}."):
                yield SlotKey(heir, key.form, code)


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
    for heir, _ in knowledge.kinship.heirs_after(unit, period.last_day):
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
        needs.closings[Closing(whole, form, around.period.regime, day)] = 1


def _handover(needs: Needs, key: SlotKey, day: date, knowledge: Knowledge) -> None:
    needs.dossiers.add(Dossier(key.unit, key.form))
    needs.handovers.add(HandoverKey(key.unit, key.form, day))
    component, period = knowledge.kinship.component(key.unit, day), parse_period(key.period)
    if component is None or period is None:
        return
    for unit in component.new:
        needs.dossiers.add(Dossier(unit, key.form))
        needs.handovers.add(HandoverKey(unit, key.form, day))
    for unit in component.old:
        needs.closings[Closing(unit, key.form, period.regime, day)] = 1
    needs.slots.update(SlotKey(key.unit, key.form, code) for code in holding(day))
