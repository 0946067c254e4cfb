"""
The amounts that reports state, by cell and period, with what is withheld or carried over.

From the totals of areas and the reports of single units; ``rollup`` computes figures from them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from services.aggregator.domain.amounts import Amount, over_units
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.opening_stock import CarriedStock, ClosedStock
from services.aggregator.domain.totals import Totals
from services.aggregator.domain.withholding import Withheld
from shared.reference.catalogue import Catalogue
from shared.reference.forms import Cell
from shared.reference.indicators import Indicator
from shared.reference.periods import Period


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """
    The totals of one form, period and unit type of a ``unit``.

    Scores and ranks are those of the unit asked for only in its ``own`` totals. A unit that did
    not exist ``at_start`` or ``at_end`` of the period has a stock of another day.
    """

    layout: Layout
    period: Period
    totals: Totals
    own: bool = True
    unit: str = ""
    unit_type: str = ""
    at_start: bool = True
    at_end: bool = True

    def states(self, cells: Iterable[str]) -> bool:
        """Return whether any report states one of these cells."""
        positions = map(self.layout.form.position.get, cells)
        return any(it is not None and self.totals.reporting[it] for it in positions)

    @property
    def untimely(self) -> frozenset[int]:
        """Positions of stocks counted on another day than the first or last of the period."""
        if self.at_start and self.at_end:
            return frozenset()
        existed = {"first": self.at_start, "last": self.at_end}
        indicators = enumerate(self.layout.indicators)
        return frozenset(
            position for position, it in indicators if not existed.get(it.over_time, True)
        )


class CellAmount(NamedTuple):
    """An amount of one cell in one period."""

    cell: Cell
    period: Period
    amount: Amount
    unit_type: str = ""
    """The type of the units that state it."""


ByPeriod = Mapping[str, Mapping[Period, Amount]]
"""Amounts by cell and period."""


@dataclass(frozen=True, slots=True)
class StatedFigures:
    """
    Reported amounts by cell and period, with what is withheld or carried over.

    ``withheld`` has the reason why a cell has no figure for the unit asked for; ``carried`` has
    the source of an opening stock that is a sum of closing stocks. ``closed`` has the sum of
    closing stocks from which an opening stock that was reported differs.
    """

    stated: ByPeriod
    withheld: Mapping[str, Mapping[Period, Withheld]] = field(default_factory=dict)
    carried: Mapping[str, Mapping[Period, CarriedStock]] = field(default_factory=dict)
    closed: Mapping[str, Mapping[Period, ClosedStock]] = field(default_factory=dict)

    def answers(self, cell: str, period: Period) -> bool:
        """Return whether a cell has an amount in a period, or the reason for having none."""
        return period in self.stated.get(cell, {}) or period in self.withheld.get(cell, {})


def amounts(
    totals: Iterable[PeriodTotals], catalogue: Catalogue, repeated: Iterable[CellAmount] = ()
) -> ByPeriod:
    """
    Add up the unit types and forms of each period, cell by cell; rates have no amount.

    What the same reporter states on another form is *repeated*, below zero, and so taken off; not
    of a stock with untimely amounts, of which nobody knows which report was the one repeated.
    A stock handed over within the period is in two reports, those of its old and its new holder:
    untimely ones count only where there are no others.
    """
    timely: dict[Cell, dict[Period, list[Amount]]] = {}
    untimely: dict[Cell, dict[Period, list[Amount]]] = {}
    for part in totals:
        skipped = {*part.layout.derived, *(() if part.own else part.layout.looked_up)}
        untimely_positions = part.untimely
        for position, amount in stated_amounts(part.totals):
            if position not in skipped:
                by_cell = untimely if position in untimely_positions else timely
                by_period = by_cell.setdefault(part.layout.form.cells[position], {})
                by_period.setdefault(part.period, []).append(amount)
    for cell, period, amount, _ in repeated:
        if period not in untimely.get(cell, {}):
            timely[cell][period].append(amount)
    counting = timely | {cell: untimely[cell] | timely.get(cell, {}) for cell in untimely}
    return {
        cell.key: _over_units(catalogue.indicators[cell.indicator], by_period)
        for cell, by_period in counting.items()
    }


def _over_units(
    indicator: Indicator, by_period: Mapping[Period, Sequence[Amount]]
) -> Mapping[Period, Amount]:
    sums = {period: over_units(indicator, parts) for period, parts in by_period.items()}
    return {period: amount for period, amount in sums.items() if amount is not None}


def carry_opening_stocks(
    figures: StatedFigures,
    closing_cells: Mapping[str, str],
    period: Period,
    closing_stocks: StatedFigures,
    source: CarriedStock,
) -> StatedFigures:
    """
    Enter the closing stocks of the *source* as opening stocks of *period*.

    *closing_cells* has the closing cell of each opening cell.
    """
    stated, withheld = dict(figures.stated), dict(figures.withheld)
    carried = dict(figures.carried)
    for opening, closing in closing_cells.items():
        if reason := closing_stocks.withheld.get(closing, {}).get(source.period):
            withheld[opening] = {**withheld.get(opening, {}), period: reason}
        elif amount := closing_stocks.stated.get(closing, {}).get(source.period):
            stated[opening] = {**stated.get(opening, {}), period: amount}
            carried[opening] = {**carried.get(opening, {}), period: source}
    return StatedFigures(stated, withheld, carried, figures.closed)


def with_closed_before(
    figures: StatedFigures,
    closing_cells: Mapping[str, str],
    period: Period,
    closing_stocks: StatedFigures,
    source: CarriedStock,
) -> StatedFigures:
    """State the closing stocks of the *source* beside opening stocks that differ from them."""
    closed = dict(figures.closed)
    for opening, closing in closing_cells.items():
        stated = figures.stated.get(opening, {}).get(period)
        before = closing_stocks.stated.get(closing, {}).get(source.period)
        if stated is None or before is None:
            continue
        if (stated.value, stated.qualifier) != (before.value, before.qualifier):
            closed[opening] = {**closed.get(opening, {}), period: ClosedStock(source, before)}
    return replace(figures, closed=closed)


def stated_amounts(totals: Totals) -> Iterator[tuple[int, Amount]]:
    """Yield the amounts that some report states, by position."""
    none = [0] * len(totals.sums)
    doubts = (totals.at_least or none, totals.about or none, totals.at_most or none)
    columns = (totals.sums, totals.reporting, *doubts)
    for position, amount in enumerate(map(Amount, *columns)):
        if amount.reporting:
            yield position, amount
