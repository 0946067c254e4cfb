"""
Windows within windows: what a unit's parts of a window come to beside the whole (rule R15).

A part lies within the whole and is smaller. Parts that follow one another without a gap from the
first day of the whole to its last make it up: four quarters, two halves, 9M and Q4.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from services.intake.domain.history import Amounts, NestedReport
from services.intake.domain.state import SlotState
from shared.reference.dates import DAY
from shared.reference.periods import Period, contains, parse_period
from shared.reference.slots import Slot

_COMPARISONS_REMEMBERED = 4096


class Part(NamedTuple):
    """A window and what a report states for it."""

    period: Period
    amount: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """
    A whole, and parts that do not agree with it.

    `complete` parts make up the whole and have another sum; others exceed it as they are.
    """

    whole: Part
    parts: tuple[Part, ...]
    complete: bool

    @property
    def sum(self) -> int:
        """What the parts come to."""
        return _sum(self.parts)


def other_windows(
    slot: Slot, states: Iterable[SlotState], amounts: Callable[[SlotState], Amounts | None]
) -> tuple[NestedReport, ...]:
    """Return the reports of other windows of a slot's regime, ascending, among these."""
    own = parse_period(slot.period)
    reports = ((parse_period(it.key.period), amounts(it)) for it in states if it.key != slot)
    found = [
        NestedReport(period, known)
        for period, known in reports
        if own and period and known is not None and period.regime == own.regime
    ]
    return tuple(sorted(found, key=lambda it: it.period))


def disagreements(stated: Part, others: Iterable[Part]) -> Iterator[Disagreement]:
    """
    Yield where a figure disagrees with the unit's other windows, as a whole or as a part of one.

    Of the ways to make up a whole that with the fewest parts is taken: finer ones are held against
    its parts. Where there is none, the parts known must not exceed the whole.
    """
    known = (stated, *others)
    for comparison in _comparisons(tuple([it.period for it in known])):
        whole = known[comparison.whole]
        if comparison.tiling:
            found = Disagreement(
                whole, tuple([known[it] for it in comparison.tiling]), complete=True
            )
            if found.sum != whole.amount:
                yield found
            continue
        parts = [known[it] for it in comparison.parts]
        if _sum(parts) > whole.amount:  # even those with days in common
            found = Disagreement(whole, _largest(parts), complete=False)
            if found.sum > whole.amount:
                yield found


class _Comparison(NamedTuple):
    """Places among windows: a whole, the parts that may count, those that make it up."""

    whole: int
    parts: tuple[int, ...]
    tiling: tuple[int, ...]


@lru_cache(maxsize=_COMPARISONS_REMEMBERED)
def _comparisons(known: tuple[Period, ...]) -> tuple[_Comparison, ...]:
    """
    Return what the first of these windows is held against, as places among them.

    As a whole against its parts; as a part of each whole, with what has no day in common with it.
    """
    found = []
    for place, whole in enumerate(known):
        if place and not _within(known[0], whole):
            continue
        parts = [it for it, part in enumerate(known) if _within(part, whole)]
        if place:
            parts = [it for it in parts if not it or not _overlap(known[it], known[0])]
        if parts:
            parts.sort(key=lambda it: known[it])
            found.append(_Comparison(place, tuple(parts), _tiling(place, parts, known)))
    return tuple(found)


def _tiling(whole: int, parts: Iterable[int], known: Sequence[Period]) -> tuple[int, ...]:
    """Return the fewest parts that make up the whole, none where none do; parts are ascending."""
    reached: dict[date, tuple[int, ...]] = {known[whole].first_day: ()}
    for part in parts:
        before = reached.get(known[part].first_day)
        after = known[part].last_day + DAY
        if before is not None and (after not in reached or len(before) < len(reached[after]) - 1):
            reached[after] = (*before, part)
    return reached.get(known[whole].last_day + DAY, ())


def _largest(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts without a day in common that come to most."""
    best: list[tuple[Part, ...]] = [()]
    in_order = sorted(parts, key=lambda it: it.period.last_day)
    for number, part in enumerate(in_order):
        earlier = sum(it.period.last_day < part.period.first_day for it in in_order[:number])
        best.append(max((*best[earlier], part), best[-1], key=_sum))
    return best[-1]


def _sum(parts: Iterable[Part]) -> int:
    return sum(it.amount for it in parts)


def _within(part: Period, whole: Period) -> bool:
    return part.span != whole.span and contains(whole, part)


def _overlap(one: Period, other: Period) -> bool:
    return one.span.overlaps(other.span)
