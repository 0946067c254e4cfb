"""
From totals to figures: what a selection of unit types, forms and periods says of each indicator.

Absent is never 0: a figure that nobody reported has no value. An indicator that stands in several
of the selected forms is their sum. A figure taken from one period of a range says which.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from services.aggregator.domain.amounts import Amount, Found, over_time, over_units, rate
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.reporters import Reporters
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
    reported_by: int
    expected: int
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
    """Return each indicator's own figure always, and those of its splits that anyone reported."""
    desk = _Desk(selection, _amounts(tallies, selection.catalogue), reporters)
    return [
        desk.read(indicator, cell)
        for indicator, cell in selection.cells
        if not cell.split or cell.key in desk.amounts
    ]


def _amounts(
    tallies: Iterable[Tally], catalogue: Catalogue
) -> Mapping[str, Mapping[Period, Amount]]:
    """Put the unit types and forms of each period together, cell by cell."""
    parts: dict[str, dict[Period, list[Amount]]] = defaultdict(lambda: defaultdict(list))
    for tally in tallies:
        totals, cells = tally.totals, tally.layout.form.cells
        for position, reporting in enumerate(totals.reporting):
            if reporting:
                parts[cells[position].key][tally.period].append(
                    Amount(
                        totals.sums[position],
                        reporting,
                        totals.at_least[position] if totals.at_least else 0,
                        totals.about[position] if totals.about else 0,
                    )
                )
    amounts = {}
    for key, by_period in parts.items():
        indicator = catalogue.indicators[Cell.parse(key).indicator]
        if indicator.measure is not Measure.RATIO:
            amounts[key] = {
                period: amount
                for period, its_parts in by_period.items()
                if (amount := over_units(indicator, its_parts)) is not None
            }
    return amounts


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
        reported_by, expected = self.reporters.of(keys, periods)
        out_of = None
        if indicator.measure is Measure.RANK and period is not None:
            out_of = indicator.ranked_among(period.year)
        in_range = len(self.selection.periods) > 1
        return Reading(
            indicator,
            cell,
            value,
            qualifier,
            reported_by,
            expected,
            out_of,
            period if in_range else None,
        )
