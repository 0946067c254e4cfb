"""
Handovers: the opening stocks of a unit after a merger or a division, held against their sources.

What the new units of one reform open with must be what the old ones closed with, stock by stock.
The shares are nobody's business but theirs: a record is refused only when the sums cannot fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from services.intake.domain.history import Amounts
from services.intake.domain.judge import ValidatedReport
from services.intake.domain.rule_context import CompiledForm
from services.intake.domain.shares_of_areas import shares_of, violations_of_shares
from services.intake.domain.sources import handover_closings, other_handovers
from services.intake.domain.state import Handover, HandoverKey
from services.intake.domain.violations import MessageValue, Violation
from services.intake.domain.working_set import WorkingSet, last_day
from shared.contracts.reports import HandoverSubmitted
from shared.contracts.values import Severity
from shared.reference.catalogue import Measure
from shared.reference.dates import DAY
from shared.reference.lineage import Component
from shared.reference.periods import parse_period
from shared.reference.place_names import in_sentence
from shared.reference.vietnamese import date_short


def violations_in(
    report: HandoverSubmitted, validated: ValidatedReport, working_set: WorkingSet
) -> Iterator[Violation]:
    """Hold a handover without other faults against the reform that it speaks of."""
    period = parse_period(report.period)
    compiled = None if period is None else working_set.context.compiled(report.form, period)
    component = working_set.context.reorganisations.component(report.unit, report.effective_on)
    if period is None or compiled is None:
        return
    if component is None or report.unit not in component.new:
        values: dict[str, MessageValue] = {
            "name": _names([report.unit], working_set),
            "unit": report.unit,
            "day": date_short(report.effective_on),
        }
        yield Violation("handover_without_redrawing", "effective_on", values)
        return
    if not period.first_day <= report.effective_on <= period.last_day:
        values = {
            "period": working_set.context.regimes.label_vi(period),
            "day": date_short(report.effective_on),
        }
        yield Violation("handover_outside_period", "period", values)
        return
    sources = stock_cells(compiled)
    for cell in validated.amounts:
        if cell not in sources:
            label = working_set.context.catalogue.label(cell)
            yield Violation("handover_not_a_stock", f"openings.{cell}", {"label": label})
    certain = working_set.context.reorganisations.certain(component)
    stated = recorded(report, validated, None, compiled)
    faults = list(
        violations_of_shares(report, stated, compiled, sources, working_set, certain=certain)
    )
    yield from faults
    if all(it.severity != "reject" for it in faults):
        yield from _sums(stated, compiled, component, working_set)


def stock_cells(compiled: CompiledForm) -> Mapping[str, str]:
    """
    Map the cells that a handover may state to the closings that they continue.

    Where a form has an opening, that is the cell; other stocks are stated under their own name.
    """
    openings = {it.opening: it.closing for it in compiled.balances}
    closings = set(openings.values())
    return openings | {
        cell: cell
        for cell, indicator in compiled.indicators.items()
        if indicator.measure is Measure.STOCK_LAST and cell not in closings
    }


def recorded(
    report: HandoverSubmitted,
    validated: ValidatedReport,
    before: Handover | None,
    compiled: CompiledForm | None,
) -> Handover:
    """Return what is recorded once a handover has been accepted; the same again changes nothing."""
    stated = {cell: it for cell, it in validated.amounts.items() if it is not None}
    after = Handover(
        key=_key(report),
        period=report.period,
        revision=before.revision if before else 0,
        decision=report.decision,
        openings=stated,
        from_areas=shares_of(report, compiled),
    )
    if after == before:
        return before
    return replace(after, revision=after.revision + 1)


def _sums(
    stated: Handover, compiled: CompiledForm, component: Component, working_set: WorkingSet
) -> Iterator[Violation]:
    """
    Compare, for each stock, what the new units open with and what the old ones closed with.

    What came from areas that ended is left out on the one side, as their closings are on the other.
    """
    closings = _closings(stated, working_set)
    handovers = [stated, *_other_handovers(stated.key, working_set)]
    everybody = len(handovers) == len(component.new)
    certain = working_set.context.reorganisations.certain(component)
    before = working_set.handover(stated.key)
    unknown = False
    for cell, closing in stock_cells(compiled).items():
        amount = _own(stated, cell)
        if amount is None:
            continue
        opened = [it for it in (_own(handover, cell) for handover in handovers) if it is not None]
        closed = [it for it in (amounts.get(closing) for amounts in closings) if it is not None]
        if len(closed) < len(component.old):
            unknown = True
            continue
        complete = everybody and len(opened) == len(handovers)
        if sum(opened) > sum(closed) or (complete and sum(opened) != sum(closed)):
            was = _own(before, cell) if before else None
            mending = len(handovers) > 1 and _mends(was, amount, sum(opened) <= sum(closed))
            severity: Severity = "reject" if certain and not mending else "warn"
            values: dict[str, MessageValue] = {
                "label": working_set.context.catalogue.label(cell),
                "openings": sum(opened),
                "closings": sum(closed),
                "units": _names(sorted(component.old), working_set),
            }
            wording = "handover_equals_closings"
            if any(it.from_areas for it in handovers):
                wording = "handover_equals_closings_beside_areas"
            yield Violation(
                "handover_equals_closings", f"openings.{cell}", values, severity, wording
            )
    if unknown:
        names = _names(sorted(component.old), working_set)
        yield Violation("handover_closings_unknown", "openings", {"units": names}, "warn")


def _own(handover: Handover, cell: str) -> int | None:
    """Return an opening without what came from areas that ended."""
    opening = handover.openings.get(cell)
    return None if opening is None else opening - handover.received(cell)


def _mends(was: int | None, amount: int, fits: bool) -> bool:
    """
    Tell whether a share recorded before may be corrected although the sums do not agree yet.

    Shares are corrected one after the other, so in between they must be allowed to disagree. One
    that becomes no larger, or for which there is room, takes nothing from anybody.
    """
    return was is not None and (fits or amount <= was)


def _key(report: HandoverSubmitted) -> HandoverKey:
    return HandoverKey(report.unit, report.form, report.effective_on)


def _closings(stated: Handover, working_set: WorkingSet) -> list[Amounts]:
    day = stated.key.effective_on
    candidates = handover_closings(stated.key, stated.period, working_set.context)
    return [
        amounts
        for it in working_set.closings(candidates, day)
        # A record says what there was on its day: an older closing says nothing of that.
        if last_day(it.key) + DAY >= day and (amounts := working_set.amounts(it)) is not None
    ]


def _other_handovers(key: HandoverKey, working_set: WorkingSet) -> Iterator[Handover]:
    for other in other_handovers(key, working_set.context):
        recorded_for_it = working_set.handover(other)
        if recorded_for_it is not None:
            yield recorded_for_it


def _names(units: Sequence[str], working_set: WorkingSet) -> str:
    known = map(working_set.context.directory.get, units)
    return ", ".join(in_sentence(it.name) for it in known if it is not None)
