"""
From totals to figures: each indicator over a selection of unit types, forms and periods.

Absent is never 0: a figure that no report states has no value. An indicator of several selected
forms is their sum. A figure taken from one period of a range names that period. A figure that was
reported and is withheld names the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from services.aggregator.domain.amounts import Amount, PeriodAmount, added, over_time, rate
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.opening_stock import CarriedStock, ClosedStock
from services.aggregator.domain.reporters import ReporterCount, Reporters
from services.aggregator.domain.stated_figures import StatedFigures
from services.aggregator.domain.withholding import Withheld, withholding
from shared.reference.catalogue import Catalogue
from shared.reference.figures import Qualifier, to_decimal
from shared.reference.forms import Cell
from shared.reference.indicators import Indicator, Measure
from shared.reference.periods import Period


@dataclass(frozen=True, slots=True)
class ComputedFigure:
    """
    One figure of an answer.

    ``value`` is None when no report states it, or when it is ``withheld``.
    """

    indicator: Indicator
    cell: Cell
    value: int | Decimal | None
    qualifier: Qualifier
    units: ReporterCount
    out_of: int | None = None
    period: Period | None = None
    """Set when the figure was taken from one period of a range."""
    withheld: Withheld | None = None
    carried: CarriedStock | None = None
    closed: ClosedStock | None = None


@dataclass(frozen=True)
class FigureSelection:
    """The periods, of one kind and ascending, and the layouts of the selected forms."""

    catalogue: Catalogue
    periods: Sequence[Period]
    layouts: Sequence[Layout]

    @cached_property
    def cells(self) -> Sequence[tuple[Indicator, Cell]]:
        """Every cell of the selected forms in the order of the catalogue, an own figure first."""
        indicators = self.catalogue.indicators
        rank = {code: number for number, code in enumerate(indicators)}
        cells = dict.fromkeys(cell for layout in self.layouts for cell in layout.form.cells)
        ordered = sorted(cells, key=lambda cell: (rank[cell.indicator], bool(cell.split)))
        return [(indicators[cell.indicator], cell) for cell in ordered]


def compute_figures(
    selection: FigureSelection, figures: StatedFigures, reporters: Reporters
) -> list[ComputedFigure]:
    """Return every cell of the selected forms; one that no report states has no value."""
    rollup = _Rollup(selection, figures, reporters)
    return [rollup.compute(indicator, cell) for indicator, cell in selection.cells]


@dataclass(frozen=True)
class _Rollup:
    """Computes figures of one selection."""

    selection: FigureSelection
    figures: StatedFigures
    reporters: Reporters
    _nothing: Mapping[Period, Amount] = field(default_factory=dict)

    def compute(self, indicator: Indicator, cell: Cell) -> ComputedFigure:
        if indicator.measure is Measure.RATIO:
            return self._rate(indicator, cell)
        stated = self.figures.stated.get(cell.key, self._nothing)
        withheld = self._withheld(indicator, cell.key, stated)
        period_amount = None if withheld else over_time(indicator, stated)
        if period_amount is None:
            return replace(self._blank(indicator, cell, [cell.key], None), withheld=withheld)
        amount, period = period_amount.amount, period_amount.period
        carried = self.figures.carried.get(cell.key)
        closed = self.figures.closed.get(cell.key)
        return replace(
            self._blank(indicator, cell, [cell.key], period),
            value=to_decimal(amount.value, indicator.scale) if indicator.scale else amount.value,
            qualifier=amount.qualifier,
            carried=carried.get(period) if carried and period else None,
            closed=closed.get(period) if closed and period else None,
        )

    def _rate(self, indicator: Indicator, cell: Cell) -> ComputedFigure:
        parts = [
            Cell(part or "", cell.split) for part in (indicator.numerator, indicator.denominator)
        ]
        keys = [part.key for part in parts]
        indicators = [self.selection.catalogue.indicators[part.indicator] for part in parts]
        stated = [self.figures.stated.get(key, self._nothing) for key in keys]
        reasons = map(self._withheld, indicators, keys, stated)
        withheld = next(filter(None, reasons), None)
        fraction = None if withheld else _parts_of_rate(indicators, stated)
        if fraction is None:
            return replace(self._blank(indicator, cell, keys, None), withheld=withheld)
        numerator, denominator = fraction
        computed = rate(
            numerator.amount, self._with_carried_in(indicator, cell, stated, denominator.amount)
        )
        blank = self._blank(indicator, cell, keys, denominator.period)
        return replace(blank, value=computed.percent, qualifier=computed.qualifier)

    def _with_carried_in(
        self,
        indicator: Indicator,
        cell: Cell,
        parts: Sequence[Mapping[Period, Amount]],
        arisen: Amount,
    ) -> Amount:
        """
        Return a denominator: what arose, and what was open at the start of the first period.

        What later periods of the range carried in has arisen in it already. Where nobody states
        what was carried in, what arose is all that is known; where not all who state what arose,
        in any of the periods, state it, the sum is of no one set of cases: it is "about".
        """
        key = Cell(indicator.carried_in or "", cell.split).key
        periods = parts[0].keys() & parts[1].keys()
        carried_in = self.figures.stated.get(key, self._nothing).get(min(periods))
        if carried_in is None:
            return arisen
        partly = any(parts[1][it].reporting != carried_in.reporting for it in periods)
        whole = added([arisen, carried_in])
        return whole._replace(reporting=arisen.reporting, about=whole.about + partly)

    def _withheld(
        self, indicator: Indicator, cell: str, stated: Iterable[Period]
    ) -> Withheld | None:
        return withholding(indicator, stated, self.figures.withheld.get(cell, {}))

    def _blank(
        self, indicator: Indicator, cell: Cell, keys: Sequence[str], period: Period | None
    ) -> ComputedFigure:
        """Return the figure without a value, its reporters counted in its one period or in all."""
        periods = self.selection.periods if period is None else [period]
        out_of = None
        if indicator.measure is Measure.RANK and period is not None:
            out_of = indicator.ranked_among(period.year)
        in_range = len(self.selection.periods) > 1
        return ComputedFigure(
            indicator,
            cell,
            None,
            Qualifier.EXACT,
            self.reporters.of(keys, periods),
            out_of,
            period if in_range else None,
        )


def _parts_of_rate(
    indicators: Sequence[Indicator], stated: Sequence[Mapping[Period, Amount]]
) -> tuple[PeriodAmount, PeriodAmount] | None:
    """Return numerator and denominator over the periods that have both, None without any."""
    periods = stated[0].keys() & stated[1].keys()
    amounts_of_both = [{period: it[period] for period in periods} for it in stated]
    numerator, denominator = map(over_time, indicators, amounts_of_both)
    return (numerator, denominator) if numerator and denominator else None
