"""
Figures: how a number is written on the wire, counted inside, and qualified.

Inside the services a figure is an int in the smallest unit of its indicator, so sums are exact:
whole numbers for counts, stocks, money and ranks (scale 0), hundredths for scores, areas in m² and
rates in percent (scale 2). None means "not reported" and is never 0.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from shared.contracts.values import COUNT_MAX

UNITS_MAX = COUNT_MAX
"""The same limit for a figure in the smallest unit of its indicator."""

_DECIMAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,2}0*)?")


class Qualifier(StrEnum):
    """How exact a stated figure is: "20.000", "hơn 20.000", "gần 98%", "khoảng 193.000"."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"


def combine_qualifiers(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """
    Return the qualifier of a sum: about dominates, and so do at_least and at_most together.

    A total with one part "more than n" is itself "more than" its sum only while no other part may
    fall short: khoảng 193.000 and hơn 100 may be less than 193.100.
    """
    doubts = set(qualifiers) - {Qualifier.EXACT}
    if len(doubts) > 1:
        return Qualifier.ABOUT
    return doubts.pop() if doubts else Qualifier.EXACT


def to_units(value: int | str | None, scale: int) -> int | None:
    """
    Return a figure from the wire in its smallest unit.

    Scale 0 takes a JSON integer; scale 2 takes a decimal string with at most two decimals,
    zeros behind them aside ("89.58" is 8958, "89.580" too), or an integer. Negative figures pass:
    refusing them is a rule of the intake.
    Raises ValueError when the value is not such a number or exceeds 2^53 units.
    """
    if value is None:
        return None
    units = _from_integer(value, scale) if isinstance(value, int) else _from_text(value, scale)
    if abs(units) > UNITS_MAX:
        raise ValueError(f"{value!r} exceeds 2^53 units")
    return units


def to_wire(units: int | None, scale: int) -> int | str | None:
    """Return a figure as it is written on the wire: an int at scale 0, "89.58" at scale 2."""
    if units is None or scale == 0:
        return units
    return str(to_decimal(units, scale))


def to_decimal(units: int, scale: int) -> Decimal:
    """Return units as a decimal with exactly `scale` decimals: 8958, 2 is 89.58."""
    return Decimal(units).scaleb(-scale)


def rate_percent(numerator: int | Decimal, denominator: int | Decimal) -> Decimal | None:
    """
    Return 100·numerator/denominator, rounded half up to one decimal; None for denominator 0.

    1446 of 1566 is 92.3 (Hà Nội 2023); 1050 of 1074 is 97.8 and not 97.7 (Hải Dương 2020).
    """
    if denominator == 0:
        return None
    exact = Decimal(100 * numerator) / Decimal(denominator)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _from_integer(value: int, scale: int) -> int:
    if isinstance(value, bool):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004 - one error for every misfit
    return int(value * 10**scale)


def _from_text(value: str, scale: int) -> int:
    if scale == 0:
        raise ValueError(f"{value!r} is not a whole number")
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError(f"{value!r} is not a decimal number with at most {scale} decimals")
    return int(Decimal(value).scaleb(scale))
