"""
Amounts, and the only ways in which they may be combined.

Over units: flows, stocks, money and areas add up; scores, ranks and categories are looked up.
Over time: flows add up, stocks are taken at the end, opening stocks at the beginning. A rate is
always the ratio of two sums. Any other combination raises ``NotAdditive``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from services.aggregator.domain.errors import NotAdditive
from shared.reference.figures import Qualifier, combine_qualifiers, rate_percent
from shared.reference.indicators import Indicator
from shared.reference.periods import Period

_ALL = 100
INVERSE = {
    Qualifier.AT_LEAST: Qualifier.AT_MOST,
    Qualifier.AT_MOST: Qualifier.AT_LEAST,
}
"""What a doubt about a denominator says of the rate."""


class Amount(NamedTuple):
    """A reported figure: the value in smallest units, and how many reports state it."""

    value: int
    reporting: int = 1
    at_least: int = 0
    about: int = 0
    at_most: int = 0

    def __neg__(self) -> "Amount":
        """Return what takes the amount off a sum again."""
        return Amount(*(-it for it in self))

    @property
    def qualifier(self) -> Qualifier:
        """What is known of the sum: "more than 5" and 3 are more than 8."""
        doubts = (
            (Qualifier.AT_LEAST, self.at_least),
            (Qualifier.ABOUT, self.about),
            (Qualifier.AT_MOST, self.at_most),
        )
        return combine_qualifiers(qualifier for qualifier, reports in doubts if reports)


@dataclass(frozen=True, slots=True)
class PeriodAmount:
    """An amount, and its period; None when it is the sum of all periods."""

    amount: Amount
    period: Period | None = None


def over_units(indicator: Indicator, parts: Sequence[Amount]) -> Amount | None:
    """
    Return the sum of the parts of one period, None without parts.

    Raises:
        NotAdditive: when there are several reports and the indicator has no sum.

    """
    if not parts:
        return None
    if indicator.additive:
        return added(parts)
    if len(parts) > 1 or parts[0].reporting > 1:
        raise NotAdditive(indicator.code)
    return parts[0]


def over_time(indicator: Indicator, by_period: Mapping[Period, Amount]) -> PeriodAmount | None:
    """
    Return the amount of several periods, None without periods.

    Raises:
        NotAdditive: when several periods would be added and the indicator has no sum.

    """
    if not by_period:
        return None
    return _OVER_TIME[indicator.over_time](indicator, by_period)


class Rate(NamedTuple):
    """A rate in percent, None when it has no value, and how exact it is."""

    percent: Decimal | None
    qualifier: Qualifier


def rate(numerator: Amount, denominator: Amount) -> Rate:
    """
    Return the ratio of two sums in percent, None when the denominator is 0.

    A numerator of "more than n" makes the rate "more than", a denominator of "more than n" makes
    it "at most"; both together, and where more reports state the one part than the other, so that
    the two sums are not of the same cases, make it "about". More than all has no rate: then cases
    were carried in that nobody states.
    """
    percent = rate_percent(numerator.value, denominator.value)
    if percent is not None and percent > _ALL:
        return Rate(None, Qualifier.EXACT)
    if numerator.reporting != denominator.reporting:
        return Rate(percent, Qualifier.ABOUT)
    below = denominator.qualifier
    return Rate(percent, combine_qualifiers([numerator.qualifier, INVERSE.get(below, below)]))


def added(parts: Sequence[Amount]) -> Amount:
    """Return the sum of at least one amount."""
    return parts[0] if len(parts) == 1 else Amount(*map(sum, zip(*parts, strict=True)))


def _all_periods(indicator: Indicator, by_period: Mapping[Period, Amount]) -> PeriodAmount:
    if not indicator.additive:
        raise NotAdditive(indicator.code)
    return PeriodAmount(added(list(by_period.values())))


def _first_period(_: Indicator, by_period: Mapping[Period, Amount]) -> PeriodAmount:
    return PeriodAmount(by_period[min(by_period)], min(by_period))


def _last_period(_: Indicator, by_period: Mapping[Period, Amount]) -> PeriodAmount:
    return PeriodAmount(by_period[max(by_period)], max(by_period))


def _refused(indicator: Indicator, _: Mapping[Period, Amount]) -> PeriodAmount:
    raise NotAdditive(indicator.code)


_OVER_TIME: Mapping[str, Callable[[Indicator, Mapping[Period, Amount]], PeriodAmount]] = {
    "sum": _all_periods,
    "first": _first_period,
    "last": _last_period,
    "ratio": _refused,
}
