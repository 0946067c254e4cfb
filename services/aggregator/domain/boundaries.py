"""
Boundaries: which totals, as they were reported, make up an area of today for a past period.

Nothing is recomputed and no report is rewritten: whole provinces and districts are taken as the
ledger has them, single reporters beside them where a boundary runs through an area of then. A
unit counts in an area when all of it lies there today. What was divided between areas is named
and assigned to none, because nobody recorded the shares.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from shared.reference.dates import DateSpan
from shared.reference.directory import AREA_LEVELS, Directory, Unit
from shared.reference.lineage import Lineage, Trace
from shared.reference.periods import Period
from shared.reference.units import life

# A directory in force and the one before it, and room for tests.
_MAPS_REMEMBERED = 4


@dataclass(frozen=True, slots=True)
class Sources:
    """
    The totals and reports that make up an area of today for a past period; keys are sorted.

    areas          provinces and districts of then whose whole totals count
    units          single reporters that count beside them
    not_separable  units of then that lie only partly in the area: in no figure
    unverified     units that count here, or partly, over a link that only one source knows
    continued      the one unit of then that the area simply goes on from, itself or its only
                   predecessor; only then are scores and ranks those of the area
    """

    areas: tuple[str, ...]
    units: tuple[str, ...]
    not_separable: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    continued: str | None = None


def sources(
    area: str, period: Period, directory: Directory, lineage: Lineage, today: date
) -> Sources:
    """
    Return the totals and reports that make up a unit of today for a period.

    A period that is still open is seen as it will close, as far as decisions are known. A unit
    that has ended is its own source. Raises KeyError on an unknown unit.
    """
    return _maps(directory, lineage).sources(area, period.first_day, period.last_day, today)


class _IntervalKey(NamedTuple):
    """An area, and the intervals without a change in which the three days of a question lie."""

    area: str
    first: int
    last: tuple[int, int]
    """Of the directory and of the lineage; so is ``seen``."""
    seen: tuple[int, int]


class _Maps:
    """The answers for one directory and lineage; each is found once."""

    def __init__(self, directory: Directory, lineage: Lineage) -> None:
        self._directory = directory
        self._lineage = lineage
        self._sources: dict[_IntervalKey, Sources] = {}

    def sources(self, area: str, first: date, last: date, today: date) -> Sources:
        """Return the sources of an area for the period from first to last."""
        seen = max(today, last)
        key = _IntervalKey(
            area,
            self._directory.interval_index(first),
            self._interval_indices(last),
            self._interval_indices(seen),
        )
        if key not in self._sources:
            self._sources[key] = self._find(area, first, last, seen)
        return self._sources[key]

    def _interval_indices(self, day: date) -> tuple[int, int]:
        return self._directory.interval_index(day), self._lineage.interval_index(day)

    def _find(self, area: str, first: date, last: date, today: date) -> Sources:
        unit = self._directory.get(area, today)
        if unit is None:
            raise KeyError(area)
        if not unit.alive(today):
            is_area = _is_area(unit)
            return Sources((area,) * is_area, (area,) * (not is_area), continued=area)
        territory = {area}
        if _is_area(unit):
            territory.update(it.key for it in self._directory.below(area, today))
        window = DateSpan(first, last)
        traces = {
            key: self._lineage.trace(key, last, today, self._directory)
            for key in self._reach(territory)
            if life(self._directory.states(key)).overlaps(window)
            and (_is_area(unit) or self._directory.states(key)[-1].level == unit.level)
        }
        then = _Then(self._directory, self._directory.living(first, last), last, traces, territory)
        areas, units = then.cover()
        went_on = self._one_to_one(area, last, today)
        return Sources(
            areas,
            units,
            tuple(sorted(then.partly)),
            then.unverified(),
            went_on if then.is_all(went_on, areas, units) else None,
        )

    def _reach(self, territory: Iterable[str]) -> set[str]:
        """Return every unit that any figure of the territory may come from, and some more."""
        reached: set[str] = set()
        waiting = list(territory)
        while waiting:
            key = waiting.pop()
            if key in reached:
                continue
            reached.add(key)
            waiting.extend(link.predecessor for link in self._lineage.predecessors(key))
            # A unit without a successor passes to the one above it.
            waiting.extend(unit.key for unit in self._directory.below(key))
        return reached

    def _one_to_one(self, area: str, last: date, today: date) -> str | None:
        """Follow an area back to the one unit it was on a day; None where boundaries changed."""
        key = area
        while True:
            into = [it for it in self._lineage.predecessors(key) if last < it.effective_on <= today]
            if self._directory.states(key)[0].span.begin <= last:
                return None if into else key
            if len(into) != 1 or into[0].kind != "whole" or not into[0].verified:
                return None
            key = into[0].predecessor


class _Then:
    """The units of a period, by whether they lie wholly or partly in a territory of today."""

    def __init__(
        self,
        directory: Directory,
        living: Mapping[str, Sequence[Unit]],
        last: date,
        traces: Mapping[str, Trace],
        territory: AbstractSet[str],
    ) -> None:
        self._directory = directory
        self._living = living
        self._last = last
        self._traces = traces
        self._inside = {key for key, it in traces.items() if it.heirs and it.heirs <= territory}
        self.partly = {key for key, it in traces.items() if it.heirs & territory} - self._inside
        self._wholes: dict[str, bool] = {}

    def cover(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the largest areas that lie wholly inside, and the units inside beside them."""
        areas: set[str] = set()
        units: set[str] = set()
        for key in self._inside:
            largest = next(reversed(self._whole_areas(key)), None)
            if largest is None:
                units.add(key)
            else:
                areas.add(largest)
        return tuple(sorted(areas)), tuple(sorted(units))

    def unverified(self) -> tuple[str, ...]:
        """
        Return who is here only by the word of one source.

        Not those in an area that is surely here: an error could only have moved them within it.
        """
        doubtful = {key for key in self._inside | self.partly if not self._traces[key].verified}
        return tuple(
            sorted(
                key
                for key in doubtful
                if not any(area not in doubtful for area in self._whole_areas(key))
            )
        )

    def is_all(self, key: str | None, areas: Sequence[str], units: Sequence[str]) -> bool:
        """Return whether these are one unit only, as far as they were there on the last day."""
        there = [it for it in (*areas, *units) if self._directory.alive(it, self._last)]
        return not self.partly and there == [key]

    def _whole_areas(self, key: str) -> list[str]:
        path = self._directory.path(key, self._last)
        return [area for area in path if self._is_whole(area)]

    def _is_whole(self, area: str) -> bool:
        if area not in self._wholes:
            unit = self._directory.get(area)
            self._wholes[area] = (
                unit is not None
                and _is_area(unit)
                and all(it.key in self._inside for it in self._living.get(area, ()))
            )
        return self._wholes[area]


def _is_area(unit: Unit) -> bool:
    return unit.level in AREA_LEVELS


@lru_cache(maxsize=_MAPS_REMEMBERED)
def _maps(directory: Directory, lineage: Lineage) -> _Maps:
    return _Maps(directory, lineage)
