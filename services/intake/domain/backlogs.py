"""
What is open at the start of a period: cases and petitions that earlier periods left unsettled.

Each period leaves what was open at its start, and what arose in it less what was settled. Months,
quarters and years overlap, so periods of one kind are counted by themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from shared.reference.periods import Period

_A_YEAR = timedelta(days=366)


class PeriodKind(NamedTuple):
    """Periods that follow one another without overlap: one regime, one kind."""

    regime: str
    kind: str

    @classmethod
    def of(cls, period: Period) -> "PeriodKind":
        """
        Return the kind of a period.

        Windows of a committee may overlap. Those of up to a year between the same days of the year
        do not; any longer one stands by itself.
        """
        if not period.is_window:
            return cls(period.regime, period.kind)
        if period.last_day - period.first_day >= _A_YEAR:
            return cls(period.regime, period.code)
        return cls(period.regime, f"{period.first_day:%m%d}-{period.last_day:%m%d}")


class PeriodBacklog(NamedTuple):
    """
    What one report says of the cases of its period.

    ``left`` is what arose less what was settled. ``carried_in`` is what was open at the start as
    the report states it, None where it does not.
    """

    kind: PeriodKind
    last_day: date
    left: int
    carried_in: int | None

    @classmethod
    def of(cls, period: Period, left: int, carried_in: int | None) -> "PeriodBacklog":
        """Return what the report of a period says."""
        return cls(PeriodKind.of(period), period.last_day, left, carried_in)


class HandedCases(NamedTuple):
    """The open cases of a predecessor, and the day on which they passed to the unit."""

    day: date
    number: int


def open_cases(
    periods: Iterable[PeriodBacklog], handed: Sequence[HandedCases] = ()
) -> tuple[int, ...]:
    """
    Return what a unit's reports left open, one number for each kind of periods, ascending.

    A report that states what was open at its start goes before all that was counted until then.
    Less than nothing cannot be left: then more was settled than is known to have arisen. Empty
    when neither the unit nor a predecessor is known to have reported.
    """
    by_kind: dict[PeriodKind, list[PeriodBacklog]] = defaultdict(list)
    for period in periods:
        by_kind[period.kind].append(period)
    if not by_kind:
        return (sum(it.number for it in handed),) if handed else ()
    return tuple(sorted(_left_open(it, handed) for it in by_kind.values()))


def _left_open(periods: Iterable[PeriodBacklog], handed: Iterable[HandedCases]) -> int:
    """Go through the periods of one kind in time; what is handed over in one is there before it."""
    waiting = sorted(handed)
    number = 0
    for period in sorted(periods, key=lambda it: it.last_day):
        while waiting and waiting[0].day <= period.last_day:
            number += waiting.pop(0).number
        if period.carried_in is not None:
            number = period.carried_in
        number = max(0, number + period.left)
    return number + sum(it.number for it in waiting)
