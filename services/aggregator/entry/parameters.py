"""Query parameters as values of the domain; what cannot be understood is answered at once."""

from collections.abc import Sequence

from services.aggregator.domain.scopes import View
from services.aggregator.messages import sentence
from shared.infra.web.app import Problem
from shared.reference.periods import Period, parse_period, periods_between

PERIODS_MAX = 240


def view_of(view: str) -> View:
    """Return whose boundaries are asked for. Raises Problem when there is no such view."""
    if view not in ("as_reported", "current"):
        raise Problem(400, "bad_view", sentence("bad_view", view=view), view=view)
    return "current" if view == "current" else "as_reported"


def period_of(code: str) -> Period:
    """Return the period. Raises Problem when it is missing or none."""
    if not code:
        raise Problem(400, "period_missing", sentence("period_missing"))
    period = parse_period(code)
    if period is None:
        raise Problem(400, "bad_period", sentence("bad_period", code=code), period=code)
    return period


def periods_of(period: str, first: str, last: str) -> Sequence[Period]:
    """Return one period or a range, none when neither is named. Raises Problem on nonsense."""
    if period and (first or last):
        raise Problem(400, "period_and_range", sentence("period_and_range"))
    if period:
        return [period_of(period)]
    if not first and not last:
        return []
    if not first or not last:
        raise Problem(400, "half_a_range", sentence("half_a_range"))
    return _range(period_of(first), period_of(last))


def _range(first: Period, last: Period) -> Sequence[Period]:
    try:
        periods = periods_between(first, last)
    except ValueError:
        raise Problem(400, "bad_range", sentence("bad_range")) from None
    if len(periods) > PERIODS_MAX:
        raise Problem(400, "range_too_long", sentence("range_too_long", most=PERIODS_MAX))
    return periods
