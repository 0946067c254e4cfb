"""Which other periods a report must be held against, as codes."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.reference.periods import Period
from shared.reference.regimes import Regimes


@dataclass(frozen=True, slots=True)
class Adjoining:
    """A period, and the codes of those that meet it, its own kind first."""

    period: Period
    preceding: tuple[str, ...]
    following: tuple[str, ...]
    ending_together: tuple[str, ...]
    """All that end on the same day, itself included: any of them precedes what follows."""
    year_before: str | None


def adjoining(code: str, regimes: Regimes) -> Adjoining | None:
    """Return what adjoins a period, None when the code names none that a regime has."""
    period = regimes.find(code)
    if period is None:
        return None
    after = regimes.following(period)
    year_before = regimes.a_year_before(period)
    return Adjoining(
        period=period,
        preceding=_codes(regimes.preceding(period)),
        following=_codes(after),
        ending_together=_codes(regimes.preceding(after[0])) if after else (code,),
        year_before=year_before.code if year_before else None,
    )


def _codes(periods: Iterable[Period]) -> tuple[str, ...]:
    return tuple(it.code for it in periods)
