"""Query parameters as values of the domain; QuestionRefused for one that is no such value."""

from collections.abc import Sequence

from services.aggregator.domain.scopes import View
from services.aggregator.errors import QuestionRefused
from shared.reference.periods import Period, label_vi, parse_period
from shared.reference.regimes import Regimes

PERIODS_MAX = 240


def view_of(view: str) -> View:
    """Return the view. Raises QuestionRefused when there is no such view."""
    if view not in ("as_reported", "current"):
        raise QuestionRefused("bad_view", view=view)
    return "current" if view == "current" else "as_reported"


def period_of(code: str, regimes: Regimes) -> Period:
    """Return the period of a code. Raises QuestionRefused when it is missing or no period."""
    if not code:
        raise QuestionRefused("period_missing")
    period = parse_period(code)
    if period is None:
        raise QuestionRefused("bad_period", period=code)
    if not regimes.knows(period):
        shown = {"regime": period.regime, "label": label_vi(period)}
        raise QuestionRefused("unknown_window", shown, period=code)
    return period


def periods_of(period: str, first: str, last: str, regimes: Regimes) -> Sequence[Period]:
    """Return one period or a range, empty when neither is named. Raises QuestionRefused."""
    if period and (first or last):
        raise QuestionRefused("period_and_range")
    if period:
        return [period_of(period, regimes)]
    if not first and not last:
        return []
    if not first or not last:
        raise QuestionRefused("half_a_range")
    return _range(period_of(first, regimes), period_of(last, regimes), regimes)


def comparison_of(code: str, periods: Sequence[Period], regimes: Regimes) -> Period | None:
    """
    Return the earlier period to compare with, None when none is named.

    Raises QuestionRefused unless one period that compares with it, and after it, is asked for.
    """
    if not code:
        return None
    before = period_of(code, regimes)
    if len(periods) != 1:
        raise QuestionRefused("comparison_of_range")
    (period,) = periods
    if not regimes.comparable(period, before):
        raise QuestionRefused("bad_comparison")
    return before


def by_base(by: str) -> bool:
    """Return whether parts by type of base are asked for. Raises QuestionRefused on others."""
    if by not in ("", "base"):
        raise QuestionRefused("bad_by", by=by)
    return bool(by)


def _range(first: Period, last: Period, regimes: Regimes) -> Sequence[Period]:
    try:
        periods = regimes.between(first, last)
    except ValueError:
        if first.is_window and first.regime == last.regime:
            raise QuestionRefused("bad_range_of_windows") from None
        raise QuestionRefused("bad_range") from None
    if len(periods) > PERIODS_MAX:
        raise QuestionRefused("range_too_long", {"most": PERIODS_MAX})
    return periods
