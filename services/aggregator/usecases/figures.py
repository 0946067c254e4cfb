"""Figures as they are published and signed: for machines and, in Vietnamese, for people."""

from decimal import Decimal

from services.aggregator.domain.rollup import ComputedFigure
from services.aggregator.messages import absent, withheld
from shared.contracts.totals import CarriedFrom, Figure
from shared.reference import vietnamese
from shared.reference.figures import Qualifier
from shared.reference.indicators import Indicator, Measure

_UNITS_ON_THE_WIRE = {"%": "percent"}
"""Programs read a word; people read the sign, which stands in the display."""


def figure(computed: ComputedFigure) -> Figure:
    """Write one figure down."""
    unit_of_measure = computed.indicator.unit_of_measure
    carried = computed.carried
    return Figure(
        indicator=computed.indicator.code,
        split=dict(computed.cell.split),
        value=str(computed.value) if isinstance(computed.value, Decimal) else computed.value,
        display=display(computed),
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


def display(computed: ComputedFigure) -> str:
    """Write a figure as people do, or the word for its having no value."""
    if computed.withheld is not None:
        return withheld(computed.withheld)
    if computed.value is None:
        return absent()
    return written(computed.indicator, computed.value, computed.qualifier, computed.out_of)


def written(
    indicator: Indicator, value: int | Decimal, qualifier: Qualifier, out_of: int | None = None
) -> str:
    """Write a value as people do: "1.635", "92,3%", "89,58", "3/63", "hơn 20.000"."""
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
