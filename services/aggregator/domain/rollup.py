"""
From totals to figures: what a selection of unit types, forms and periods says of each indicator.

Absent is never 0: a figure that nobody reported has no value. An indicator that stands in several
of the selected forms is their sum. A figure taken from one period of a range says which.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from services.aggregator.domain.amounts import Amount, Found, over_time, over_units, rate
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.reporters import Count, Reporters
from services.aggregator.domain.totals import Totals
from shared.domain.catalogue import Catalogue
from shared.domain.figures import Qualifier, to_decimal
from shared.domain.forms import Cell
from shared.domain.indicators import Indicator, Measure
from shared.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Tally:
    """The totals of one form, period and unit type."""

    layout: Layout
    period: Period
    totals: Totals


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure, ready to be written for people; ``value`` None means that nobody reported it."""

    indicator: Indicator
    cell: Cell
    value: int | Decimal | None
    qualifier: Qualifier
    units: Count
    out_of: int | None = None
    period: Period | None = None
    """Set when the figure was taken from one period of a range."""


@dataclass(frozen=True)
class Selection:
    """What is asked for: periods of one kind, ascending, and the layouts selected in each."""

    catalogue: Catalogue
    periods: Sequence[Period]
    layouts: Sequence[Layout]

    @cached_property
    def cells(self) -> Sequence[tuple[Indicator, Cell]]:
        """Every cell of the selected forms in the order of the catalogue, an own figure first."""
        named = self.catalogue.indicators
        place = {code: number for number, code in enumerate(named)}
        cells = dict.fromkeys(cell for layout in self.layouts for cell in layout.form.cells)
        ordered = sorted(cells, key=lambda cell: (place[cell.indicator], bool(cell.split)))
        return [(named[cell.indicator], cell) for cell in ordered]


def readings(selection: Selection, tallies: Iterable[Tally], reporters: Reporters) -> list[Reading]:
    """Return every cell of the selected forms; what nobody reported is there, without a value."""
    desk = _Desk(selection, _amounts(tallies, selection.catalogue), reporters)
    return [desk.read(indicator, cell) for indicator, cell in selection.cells]


def _amounts(
    tallies: Iterable[Tally], catalogue: Catalogue
) -> Mapping[str, Mapping[Period, Amount]]:
    """Put the unit types and forms of each period together, cell by cell; rates have none."""
    parts: dict[Cell, dict[Period, list[Amount]]] = {}
    for tally in tallies:
        rates = set(tally.layout.derived)
        for position, amount in _stated(tally.totals):
            if position not in rates:
                by_period = parts.setdefault(tally.layout.form.cells[position], {})
                by_period.setdefault(tally.period, []).append(amount)
    amounts: dict[str, dict[Period, Amount]] = {}
    for cell, its_parts in parts.items():
        indicator = catalogue.indicators[cell.indicator]
        together = {period: over_units(indicator, its) for period, its in its_parts.items()}
        amounts[cell.key] = {period: it for period, it in together.items() if it is not None}
    return amounts


def _stated(totals: Totals) -> Iterator[tuple[int, Amount]]:
    """Yield what anybody reported, by position."""
    nobody = [0] * len(totals.sums)
    columns = (totals.sums, totals.reporting, totals.at_least or nobody, totals.about or nobody)
    for position, amount in enumerate(map(Amount, *columns)):
        if amount.reporting:
            yield position, amount


@dataclass(frozen=True)
class _Desk:
    """Reads one figure after the other from the amounts of a selection."""

    selection: Selection
    amounts: Mapping[str, Mapping[Period, Amount]]
    reporters: Reporters
    _none: Mapping[Period, Amount] = field(default_factory=dict)

    def read(self, indicator: Indicator, cell: Cell) -> Reading:
        if indicator.measure is Measure.RATIO:
            return self._read_rate(indicator, cell)
        found = over_time(indicator, self.amounts.get(cell.key, self._none))
        period = found.period if found else None
        value = found.amount.value if found else None
        return self._reading(
            indicator,
            cell,
            [cell.key],
            to_decimal(value, indicator.scale) if value is not None and indicator.scale else value,
            found.amount.qualifier if found else Qualifier.EXACT,
            period,
        )

    def _read_rate(self, indicator: Indicator, cell: Cell) -> Reading:
        parts = [
            Cell(part or "", cell.split) for part in (indicator.numerator, indicator.denominator)
        ]
        keys = [part.key for part in parts]
        found = self._parts_of_rate(parts)
        if found is None:
            return self._reading(indicator, cell, keys, None, Qualifier.EXACT, None)
        numerator, denominator = found
        value, qualifier = rate(numerator.amount, denominator.amount)
        return self._reading(indicator, cell, keys, value, qualifier, denominator.period)

    def _parts_of_rate(self, parts: Sequence[Cell]) -> tuple[Found, Found] | None:
        """Find both parts of a rate; parts taken from one period come from the same period."""
        named = [self.selection.catalogue.indicators[part.indicator] for part in parts]
        amounts = [self.amounts.get(part.key, self._none) for part in parts]
        if any(it.over_time != "sum" for it in named):
            both = amounts[0].keys() & amounts[1].keys()
            amounts = [{period: it[period] for period in both} for it in amounts]
        numerator, denominator = (
            over_time(it, by_period) for it, by_period in zip(named, amounts, strict=True)
        )
        return (numerator, denominator) if numerator and denominator else None

    def _reading(
        self,
        indicator: Indicator,
        cell: Cell,
        keys: Sequence[str],
        value: int | Decimal | None,
        qualifier: Qualifier,
        period: Period | None,
    ) -> Reading:
        """Count who reported, in the one period that the figure is taken from or in all."""
        periods = self.selection.periods if period is None else [period]
        out_of = None
        if indicator.measure is Measure.RANK and period is not None:
            out_of = indicator.ranked_among(period.year)
        in_range = len(self.selection.periods) > 1
        return Reading(
            indicator,
            cell,
            value,
            qualifier,
            self.reporters.of(keys, periods),
            out_of,
            period if in_range else None,
        )
