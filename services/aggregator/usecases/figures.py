"""Shared step: write figures as they are answered, published and signed."""

from collections.abc import Mapping
from decimal import Decimal

from services.aggregator.domain.rollup import ComputedFigure
from shared.contracts.totals import CarriedFrom, Figure
from shared.reference import vietnamese
from shared.reference.figures import Qualifier
from shared.reference.indicators import Indicator, Measure

_UNITS_ON_THE_WIRE = {"%": "percent"}
"""Programs read a word; people read the sign, which is in the display."""


class FigureWriter:
    """Writes figures for programs and, in Vietnamese, for people."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._messages = messages

    def figure(self, computed: ComputedFigure) -> Figure:
        """Return a computed figure in the shape of the contract."""
        value, carried = computed.value, computed.carried
        unit_of_measure = computed.indicator.unit_of_measure
        return Figure(
            indicator=computed.indicator.code,
            split=dict(computed.cell.split),
            value=str(value) if isinstance(value, Decimal) else value,
            display=self.display(computed),
            qualifier=computed.qualifier.value,
            unit_of_measure=_UNITS_ON_THE_WIRE.get(unit_of_measure, unit_of_measure),
            reported_by=computed.units.reported_by,
            reported_in_full=computed.units.in_full,
            expected=computed.units.expected,
            out_of=computed.out_of,
            period=computed.period.code if computed.period else None,
            withheld=computed.withheld.value if computed.withheld else None,
            carried_from=CarriedFrom(units=carried.units, period=carried.period.code)
            if carried
            else None,
        )

    def display(self, computed: ComputedFigure) -> str:
        """Return a figure as people write it, or why it has no value."""
        if computed.withheld is not None:
            return self._messages[computed.withheld]
        return self.written(computed.indicator, computed.value, computed.qualifier, computed.out_of)

    def written(
        self,
        indicator: Indicator,
        value: int | Decimal | None,
        qualifier: Qualifier,
        out_of: int | None = None,
    ) -> str:
        """Return a value as people write it: "1.635", "92,3%", "3/63", "hơn 20.000", "–"."""
        if value is None:
            return self._messages["absent"]
        return vietnamese.with_qualifier(_number(indicator, value, out_of), qualifier)


def _number(indicator: Indicator, value: int | Decimal, out_of: int | None) -> str:
    if isinstance(value, int):
        if indicator.measure is Measure.RANK:
            return vietnamese.rank(value, out_of)
        return vietnamese.count(value)
    if indicator.measure is Measure.RATIO:
        return vietnamese.rate(value)
    if indicator.measure is Measure.AREA:
        return vietnamese.area(value)
    return vietnamese.score(value) + ("%" if indicator.unit_of_measure == "%" else "")
