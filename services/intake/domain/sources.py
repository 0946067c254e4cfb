"""
Which stored reports and handovers one report is held against, as keys.

Each relation is stated here once. ``read_set`` loads what it names, ``working_set`` looks the same
keys up again: a key that one of them lacks raises KeyNotLoaded there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.intake.domain.adjoining import Adjoining
from services.intake.domain.loaded_state import BacklogQuery
from services.intake.domain.reorganisation import Reorganisation
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import Handover, HandoverKey
from shared.reference.dates import DAY
from shared.reference.periods import Period, parse_period
from shared.reference.slots import Slot

ClosingCandidates = tuple[Slot, ...]
"""Slots of one unit that may hold its closing stocks on a day, the best first."""


@dataclass(frozen=True, slots=True)
class OpeningSources:
    """
    The keys that the opening stocks of a slot rest on; the first that is filled counts.

    First ``handover``, then the unit's own report in ``preceding``, then, of every unit that was
    merged wholly into this one, one of its closing candidates (rules R1 and R2).
    """

    reorganisation: Reorganisation | None
    handover: HandoverKey | None
    preceding: tuple[Slot, ...]
    predecessors: tuple[ClosingCandidates, ...]
    ended_areas: tuple[str, ...] = ()
    """Areas above them that ended without a successor, and may have had such stocks themselves."""

    @property
    def slots(self) -> Iterator[Slot]:
        """All slots among the keys."""
        yield from self.preceding
        for candidates in self.predecessors:
            yield from candidates


def year_before(slot: Slot, context: RuleContext) -> Slot | None:
    """Return the slot of the same period a year before (rule R11)."""
    period_context = context.period_context(slot.form, slot.period)
    code = period_context.around.year_before if period_context else None
    return None if code is None else Slot(slot.unit, slot.form, code)


def other_forms(slot: Slot, context: RuleContext) -> Iterator[Slot]:
    """Yield the unit's slots of the period on forms that ask it for the same figures (rule R16)."""
    period_context = context.period_context(slot.form, slot.period)
    if period_context is None or period_context.compiled is None:
        return
    unit = context.directory.get(slot.unit, period_context.period.last_day)
    compiled = period_context.compiled
    for form, cells in compiled.others.items():
        if unit is not None and any(compiled.indicators[it].home_at(unit.level) for it in cells):
            yield Slot(slot.unit, form, slot.period)


def opening_sources(slot: Slot, context: RuleContext) -> OpeningSources | None:
    """Return what the opening stocks of a slot rest on; None for a form without such stocks."""
    period_context = context.period_context(slot.form, slot.period)
    if period_context is None or not period_context.continues:
        return None
    around = period_context.around
    preceding = tuple([Slot(slot.unit, slot.form, code) for code in around.preceding])
    reorganisation = context.reorganisations.reorganisation(slot.unit, around.period)
    if reorganisation is None:
        return OpeningSources(None, None, preceding, ())
    day = reorganisation.effective_on
    merged = () if reorganisation.others else reorganisation.wholes
    lived_on = not reorganisation.began and around.period.first_day == day
    above = (slot.unit,) if lived_on and not reorganisation.others else merged
    return OpeningSources(
        reorganisation,
        HandoverKey(slot.unit, slot.form, day),
        preceding,
        tuple(closing_candidates(unit, slot.form, around, day, context) for unit in merged),
        _ended_areas_owing(above, slot.form, around, day, context),
    )


def speaks_for(handover: Handover, period: Period, reorganisation: Reorganisation) -> bool:
    """Tell whether a handover opens a period: a unit that lived on had opened some before it."""
    return (
        reorganisation.began
        or period.first_day == reorganisation.effective_on
        or period.code == handover.period
    )


def following(slot: Slot, context: RuleContext) -> Iterator[Slot]:
    """Yield the slots that begin where this one ends, of the unit and of its successors."""
    period_context = context.period_context(slot.form, slot.period)
    if period_context is None or not period_context.continues:
        return
    for code in period_context.around.following:
        yield Slot(slot.unit, slot.form, code)
    period = period_context.period
    for heir, day in context.reorganisations.heirs_after(slot.unit, period.first_day):
        for held in context.regimes.holding(day):
            if held.regime == period.regime:
                yield Slot(heir, slot.form, held.code)


def closing_candidates(
    unit: str, form: str, around: Adjoining, day: date, context: RuleContext
) -> ClosingCandidates:
    """
    Return the slots that may hold a unit's closing stocks on the day of a reorganisation.

    Best is a period that ends the day before, of several the shortest; the last period of a unit
    that ended may go beyond its end. Else it is a period that ends the day before the successor's
    period begins. Older closings prove nothing about what happened since.
    """
    ended = context.reorganisations.ended(unit, day)
    codes = (*_ending_codes(day, around.period.regime, ended, context), *around.preceding)
    return tuple([Slot(unit, form, code) for code in codes])


def _ending_codes(day: date, regime: str, ended: bool, context: RuleContext) -> tuple[str, ...]:
    """Return the periods that hold the day before, and end on it unless the unit ended too."""
    eve = day - DAY
    periods = [it for it in context.regimes.holding(eve) if it.regime == regime]
    return tuple([it.code for it in periods if ended or it.last_day == eve])


def handover_closings(
    key: HandoverKey, period: str, context: RuleContext
) -> list[ClosingCandidates]:
    """Return, for each unit that a handover takes from, where its closing stocks may be."""
    component = context.reorganisations.component(key.unit, key.effective_on)
    period_context = context.period_context(key.form, period)
    if component is None or period_context is None:
        return []
    around = period_context.around
    return [
        closing_candidates(unit, key.form, around, key.effective_on, context)
        for unit in component.old
    ]


def area_closings(
    key: HandoverKey, area: str, period: str, context: RuleContext
) -> ClosingCandidates:
    """Return where the closing stocks of an ended area may be that a handover names."""
    period_context = context.period_context(key.form, period)
    if period_context is None:
        return ()
    return closing_candidates(area, key.form, period_context.around, key.effective_on, context)


def handovers_from_area(key: HandoverKey, area: str, context: RuleContext) -> list[HandoverKey]:
    """Return the handovers, beside one, that may name an ended area too."""
    heirs = context.reorganisations.heirs_below(area, key.effective_on)
    return [key._replace(unit=it) for it in sorted(heirs - {key.unit})]


def ended_areas(key: HandoverKey, context: RuleContext) -> tuple[str, ...]:
    """Return the ended areas above the units that a handover takes from, sorted."""
    component = context.reorganisations.component(key.unit, key.effective_on)
    return _above(component.old, key.effective_on, context) if component else ()


def _above(units: Iterable[str], day: date, context: RuleContext) -> tuple[str, ...]:
    found = {area for it in units for area in context.reorganisations.ended_areas(it, day)}
    return tuple(sorted(found))


def _ended_areas_owing(
    units: Iterable[str], form: str, around: Adjoining, day: date, context: RuleContext
) -> tuple[str, ...]:
    """Return the ended areas above some units of a level that owed a form."""
    eve = day - DAY
    before = [it for it in context.regimes.holding(eve) if it.regime == around.period.regime]
    levels = {
        level
        for period in before
        if (compiled := context.compiled(form, period)) is not None
        for level in context.directory.levels_owing(compiled.form, period)
    }
    above = ((it, context.directory.get(it, eve)) for it in _above(units, day, context))
    return tuple(key for key, area in above if area is not None and area.level in levels)


def other_handovers(key: HandoverKey, context: RuleContext) -> list[HandoverKey]:
    """Return the handovers of the other units that began or grew in the same reorganisation."""
    component = context.reorganisations.component(key.unit, key.effective_on)
    return [key._replace(unit=it) for it in component.new - {key.unit}] if component else []


def opened_by(key: HandoverKey, context: RuleContext) -> Iterator[Slot]:
    """Yield the slots whose opening stocks may rest on a handover."""
    for period in context.regimes.holding(key.effective_on):
        yield Slot(key.unit, key.form, period.code)


def backlog_queries(slot: Slot, context: RuleContext) -> Iterator[BacklogQuery]:
    """Yield whose earlier backlogs a report may settle: the unit's, its predecessors' (rule R5)."""
    period = parse_period(slot.period)
    if period is None:
        return
    yield BacklogQuery(slot.unit, slot.form, period.first_day)
    for unit, day in context.reorganisations.ancestors(slot.unit, period):
        yield BacklogQuery(unit, slot.form, max(day, period.first_day))
