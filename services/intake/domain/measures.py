"""
Units of measure: what people enter, and the exact way to the smallest unit of an indicator.

Sources give hectares and millions or billions of đồng; inside there are hundredths of a square
metre and whole đồng. A conversion is exact or refused: rounding would change what was reported.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from shared.reference.figures import UNITS_MAX
from shared.reference.indicators import Indicator, Measure

# km2 with the nine decimals of the wire still reaches a thousandth of a square metre.
_DECIMAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class MeasureUnit:
    """A unit of measure that figures of one measure may be entered in."""

    code: str
    label_vi: str
    measure: Measure
    times: int
    """How many of the indicator's own unit (m², đồng) make one."""


ENTRY_UNITS: Mapping[str, MeasureUnit] = {
    unit.code: unit
    for unit in (
        MeasureUnit("m2", "m²", Measure.AREA, 1),
        MeasureUnit("ha", "ha", Measure.AREA, 10_000),
        MeasureUnit("km2", "km²", Measure.AREA, 1_000_000),
        MeasureUnit("dong", "đồng", Measure.MONEY, 1),
        MeasureUnit("nghin_dong", "nghìn đồng", Measure.MONEY, 1_000),
        MeasureUnit("trieu_dong", "triệu đồng", Measure.MONEY, 1_000_000),
        MeasureUnit("ty_dong", "tỷ đồng", Measure.MONEY, 1_000_000_000),
    )
}


def units_for(indicator: Indicator) -> tuple[str, ...]:
    """Return the codes of the units an indicator may be entered in; none for counts and scores."""
    return tuple(unit.code for unit in ENTRY_UNITS.values() if unit.measure is indicator.measure)


def convert(value: int | str, unit: str, indicator: Indicator) -> int:
    """
    Return a figure entered in a unit of measure in the smallest unit of its indicator.

    "419.7" ha is 419700000 hundredths of a square metre. Negative figures pass: refusing them is a
    rule of the intake. Raises ValueError when the indicator is not entered in that unit, the value
    is no decimal number with at most nine decimals, the result is not whole, or it exceeds 2^53.
    """
    times = _times(unit, indicator)
    if isinstance(value, bool) or not _DECIMAL.fullmatch(str(value)):
        raise ValueError(f"{value!r} is not a decimal number with at most nine decimals")
    exact = Decimal(value) * times
    if exact != exact.to_integral_value():
        raise ValueError(f"{value!r} {unit} is not a whole number of the smallest unit")
    if abs(exact) > UNITS_MAX:
        raise ValueError(f"{value!r} {unit} exceeds 2^53 units")
    return int(exact)


def express(units: int, unit: str, indicator: Indicator) -> Decimal:
    """Return a figure in a unit of entry, exactly: the way back of `convert`."""
    # 2^53 has sixteen digits and the largest factor is a power of ten: nothing is ever cut off.
    return (Decimal(units) / _times(unit, indicator)).normalize() + Decimal(0)


def _times(unit: str, indicator: Indicator) -> int:
    """Return how many smallest units of the indicator one unit of entry is."""
    entered = ENTRY_UNITS.get(unit)
    if entered is None or entered.measure is not indicator.measure:
        raise ValueError(f"{indicator.code} is not entered in {unit!r}")
    return entered.times * int(10**indicator.scale)
