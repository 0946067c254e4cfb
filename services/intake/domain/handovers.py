"""
Handovers: the opening stocks of a unit after a merger or a division, held against their sources.

What the new units of one reform open with must be what the old ones closed with, stock by stock.
The shares are nobody's business but theirs: a record is refused only when the sums cannot fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from services.intake.domain.adjoining import adjoining
from services.intake.domain.history import Amounts
from services.intake.domain.judge import Standing
from services.intake.domain.rule_context import Plan
from services.intake.domain.state import Handover, HandoverKey
from services.intake.domain.violations import Remark, Value
from services.intake.domain.working_set import Books, last_day
from shared.contracts.reports import HandoverSubmitted
from shared.contracts.values import Severity
from shared.reference.catalogue import Measure
from shared.reference.lineage import Component
from shared.reference.periods import label_vi, parse_period


def remarks_on(report: HandoverSubmitted, standing: Standing, books: Books) -> Iterator[Remark]:
    """Hold a handover without other faults against the reform that it speaks of."""
    period = parse_period(report.period)
    plan = None if period is None else books.knowledge.plan(report.form, period)
    component = books.knowledge.kinship.component(report.unit, report.effective_on)
    if period is None or plan is None:
        return
    if component is None or report.unit not in component.new:
        values: dict[str, Value] = {"unit": report.unit, "day": _day(report.effective_on)}
        yield Remark("handover_without_redrawing", "effective_on", values)
        return
    if not period.first_day <= report.effective_on <= period.last_day:
        values = {"period": label_vi(period), "day": _day(report.effective_on)}
        yield Remark("handover_outside_period", "period", values)
        return
    sources = stock_cells(plan)
    for cell in standing.amounts:
        if cell not in sources:
            label = plan.indicators[cell].label_vi
            yield Remark("handover_not_a_stock", f"openings.{cell}", {"label": label})
    yield from _sums(report, standing.amounts, plan, component, books)


def stock_cells(plan: Plan) -> Mapping[str, str]:
    """
    Map the cells that a handover may state to the closings that they continue.

    Where a form has an opening, that is the cell; other stocks are stated under their own name.
    """
    openings = {it.opening: it.closing for it in plan.balances}
    closings = set(openings.values())
    return openings | {
        cell: cell
        for cell, indicator in plan.indicators.items()
        if indicator.measure is Measure.STOCK_LAST and cell not in closings
    }


def recorded(report: HandoverSubmitted, standing: Standing, before: Handover | None) -> Handover:
    """Return what is recorded once a handover has been accepted; the same again changes nothing."""
    stated = {cell: it for cell, it in standing.amounts.items() if it is not None}
    after = Handover(
        key=_key(report),
        period=report.period,
        revision=before.revision if before else 0,
        decision=report.decision,
        openings=stated,
    )
    if after == before:
        return before
    return Handover(after.key, after.period, after.revision + 1, after.decision, after.openings)


def _sums(
    report: HandoverSubmitted, openings: Amounts, plan: Plan, component: Component, books: Books
) -> Iterator[Remark]:
    """Compare, for each stock, what the new units open with and what the old ones closed with."""
    closings = _closings(report, component, books)
    stated = [openings, *_other_openings(report, component, books)]
    everybody = len(stated) == len(component.new)
    certain = books.knowledge.kinship.certain(component)
    recorded_before = books.handovers.get(_key(report))
    unknown = False
    for cell, closing in stock_cells(plan).items():
        amount = openings.get(cell)
        if amount is None:
            continue
        opened = [it for it in (amounts.get(cell) for amounts in stated) if it is not None]
        closed = [it for it in (amounts.get(closing) for amounts in closings) if it is not None]
        if len(closed) < len(component.old):
            unknown = True
            continue
        complete = everybody and len(opened) == len(stated)
        if sum(opened) > sum(closed) or (complete and sum(opened) != sum(closed)):
            was = recorded_before.openings.get(cell) if recorded_before else None
            mending = len(stated) > 1 and _mends(was, amount, sum(opened) <= sum(closed))
            severity: Severity = "reject" if certain and not mending else "warn"
            values: dict[str, Value] = {
                "label": plan.indicators[cell].label_vi,
                "openings": sum(opened),
                "closings": sum(closed),
                "units": _names(sorted(component.old), books),
            }
            yield Remark("handover_equals_closings", f"openings.{cell}", values, severity)
    if unknown:
        names = _names(sorted(component.old), books)
        yield Remark("handover_closings_unknown", "openings", {"units": names}, "warn")


def _mends(was: int | None, amount: int, fits: bool) -> bool:
    """
    Tell whether a share recorded before may be corrected although the sums do not agree yet.

    Shares are corrected one after the other, so in between they must be allowed to disagree. One
    that becomes no larger, or for which there is room, takes nothing from anybody.
    """
    return was is not None and (fits or amount <= was)


def _key(report: HandoverSubmitted) -> HandoverKey:
    return HandoverKey(report.unit, report.form, report.effective_on)


def _closings(report: HandoverSubmitted, component: Component, books: Books) -> list[Amounts]:
    around = adjoining(report.period)
    if around is None:
        return []
    day = report.effective_on
    return [
        amounts
        for it in books.closings(component.old, report.form, around, day)
        # A record says what there was on its day: an older closing says nothing of that.
        if last_day(it.key) + timedelta(days=1) >= day
        and (amounts := books.amounts(it)) is not None
    ]


def _other_openings(
    report: HandoverSubmitted, component: Component, books: Books
) -> Iterator[Amounts]:
    for unit in component.new - {report.unit}:
        other = books.handovers.get(HandoverKey(unit, report.form, report.effective_on))
        if other is not None:
            yield other.openings


def _names(units: Sequence[str], books: Books) -> str:
    known = map(books.knowledge.directory.get, units)
    return ", ".join(it.name for it in known if it is not None)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
