"""
Totals: what the reports of one form, period, area and unit type add up to.

A total moves by differences, what a slot counts now less what it counted before, never by adding
up again. Adding up again is the audit (``rebuild --verify``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.reports import Counted
from shared.reference.slots import Slot


class TotalKey(NamedTuple):
    """The key of a row of totals; rows are locked in the order of their keys."""

    form: str
    period: str
    area: str
    unit_type: str


@dataclass(frozen=True, slots=True)
class Totals:
    """
    Figures in cell order: sums, how many reports gave each, how many of these were qualified.

    ``at_least``, ``about`` and ``at_most`` are None when no report is qualified so, as nearly
    always.
    ``reports`` counts current reports (no withdrawals); those that
    are neither ``on_time`` nor ``late`` are history entered after the fact.
    """

    sums: Sequence[int]
    reporting: Sequence[int]
    at_least: Sequence[int] | None = None
    about: Sequence[int] | None = None
    at_most: Sequence[int] | None = None
    reports: int = 0
    on_time: int = 0
    late: int = 0


class TotalMove(NamedTuple):
    """A report that enters a total (sign 1) or leaves it (sign -1), as a vector to add."""

    unit: str
    sign: int
    addends: Sequence[int]
    given: Sequence[int] | None
    """One signed unit for each figure that was reported; None when all were."""
    at_least: tuple[int, ...]
    about: tuple[int, ...]
    at_most: tuple[int, ...]
    on_time: bool | None


def move(slot: Slot, counted: Counted, sign: int, layout: Layout) -> TotalMove:
    """Return what a report that is not withdrawn adds to, or takes from, the totals it is in."""
    figures = counted.figures or ()
    given = None
    if None in figures:
        given = [0 if figure is None else sign for figure in figures]
    addends = [figure * sign if figure else 0 for figure in figures]
    for position in layout.derived:
        addends[position] = 0
    return TotalMove(
        slot.unit,
        sign,
        addends,
        given,
        counted.at_least,
        counted.about,
        counted.at_most,
        counted.on_time,
    )


def settle(
    current: Mapping[TotalKey, Totals],
    moves: Mapping[TotalKey, Sequence[TotalMove]],
    layouts: Layouts,
) -> dict[TotalKey, Totals]:
    """Return the totals after the moves; a total of no reports is all zeros."""
    settled = {}
    for key, moves_of_key in moves.items():
        layout = layouts.require(key.form, key.period)
        before = current.get(key) or Totals([0] * layout.width, [0] * layout.width)
        settled[key] = _settle(before, _in_area(key.area, moves_of_key, layout))
    return settled


def _settle(before: Totals, moves: Sequence[TotalMove]) -> Totals:
    reports = sum(it.sign for it in moves)
    on_time = sum(it.sign for it in moves if it.on_time)
    late = sum(it.sign for it in moves if it.on_time is False)
    complete = sum(it.sign for it in moves if it.given is None)
    return Totals(
        sums=_added(before.sums, [it.addends for it in moves]),
        reporting=_added(
            [number + complete for number in before.reporting],
            [it.given for it in moves if it.given is not None],
        ),
        at_least=_qualified(before, before.at_least, [(it.sign, it.at_least) for it in moves]),
        about=_qualified(before, before.about, [(it.sign, it.about) for it in moves]),
        at_most=_qualified(before, before.at_most, [(it.sign, it.at_most) for it in moves]),
        reports=before.reports + reports,
        on_time=before.on_time + on_time,
        late=before.late + late,
    )


def _added(first: Sequence[int], more: Sequence[Sequence[int]]) -> list[int]:
    return [*map(sum, zip(first, *more, strict=True))] if more else list(first)


def _qualified(
    before: Totals, numbers: Sequence[int] | None, moves: Iterable[tuple[int, tuple[int, ...]]]
) -> Sequence[int] | None:
    moves = [(sign, positions) for sign, positions in moves if positions]
    if not moves:
        return numbers
    after = list(numbers or [0] * len(before.sums))
    for sign, positions in moves:
        for position in positions:
            after[position] += sign
    return after if any(after) else None


def _in_area(area: str, moves: Sequence[TotalMove], layout: Layout) -> Sequence[TotalMove]:
    """Keep figures that are only looked up out of every total but that of the unit itself."""
    if not layout.looked_up:
        return moves
    return [it if it.unit == area else _without_looked_up(it, layout) for it in moves]


def _without_looked_up(move: TotalMove, layout: Layout) -> TotalMove:
    addends, given = list(move.addends), list(move.given or [move.sign] * layout.width)
    for position in layout.looked_up:
        addends[position] = given[position] = 0
    hidden = set(layout.looked_up)
    return TotalMove(
        move.unit,
        move.sign,
        addends,
        given,
        tuple(n for n in move.at_least if n not in hidden),
        tuple(n for n in move.about if n not in hidden),
        tuple(n for n in move.at_most if n not in hidden),
        move.on_time,
    )
