"""The range that a question without periods means: all that were reported."""

from collections.abc import Sequence
from datetime import date, timedelta

from shared.reference.periods import Period, periods_between

_PREFERRED = [
    (regime, kind)
    for kind in ("year", "half", "quarter", "month", "nine_months")
    for regime in ("cal", "nd09")
]


def reported_range(reported: Sequence[Period]) -> Sequence[Period]:
    """
    Return the periods from the first to the last for which there are reports.

    All of one regime and kind, so that nothing is counted twice: calendar years before others.
    Where only windows of committees were reported, the one that ends last, of these the longest:
    windows may overlap.
    """
    for regime, kind in _PREFERRED:
        alike = [it for it in reported if (it.regime, it.kind) == (regime, kind)]
        if alike:
            return periods_between(min(alike), max(alike))
    windows = [it for it in reported if it.is_window]
    return [max(windows, key=_ends_last)] if windows else []


def _ends_last(period: Period) -> tuple[date, timedelta]:
    return period.last_day, period.last_day - period.first_day
