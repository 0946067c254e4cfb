"""Which other periods a report must be held against, as codes; looked up for every submission."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shared.reference.periods import (
    KINDS,
    REGIMES,
    Period,
    a_year_before,
    following,
    parse_period,
    periods_of_year,
    preceding,
)


@dataclass(frozen=True, slots=True)
class Adjoining:
    """A period, and the codes of those that meet it, its own kind first."""

    period: Period
    preceding: tuple[str, ...]
    following: tuple[str, ...]
    ending_together: tuple[str, ...]
    """All that end on the same day, itself included: any of them precedes what follows."""
    year_before: str | None


@lru_cache(maxsize=4096)
def adjoining(code: str) -> Adjoining | None:
    """Return what adjoins a period, None when the code names none."""
    period = parse_period(code)
    if period is None:
        return None
    after = following(period)
    return Adjoining(
        period=period,
        preceding=_codes(preceding(period)),
        following=_codes(after),
        ending_together=_codes(preceding(after[0])) if after else (code,),
        year_before=_a_year_before(period),
    )


@lru_cache(maxsize=256)
def holding(day: date) -> tuple[str, ...]:
    """Return every period, of whatever regime and kind, that holds a day."""
    found = (
        period
        for regime in REGIMES
        for kind in KINDS
        for year in (day.year, day.year + 1)
        for period in periods_of_year(regime, kind, year)
    )
    return _codes(it for it in found if it.first_day <= day <= it.last_day)


def _codes(periods: Iterable[Period]) -> tuple[str, ...]:
    return tuple(it.code for it in periods)


def _a_year_before(period: Period) -> str | None:
    try:
        return a_year_before(period).code
    except ValueError:  # no code names a year before the first
        return None
