"""
Boundaries: which totals, as they were reported, make up an area of today for a past period.

Nothing is recomputed and no report is rewritten: whole provinces and districts are taken as the
ledger has them, single reporters beside them where a boundary runs through an area of then. A
unit counts in an area when all of it lies there today. A unit divided between areas is named and
assigned to none, because no shares are recorded.
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
_CACHES_MAX = 4


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
    return _cached_sources(directory, lineage).sources(
        area, period.first_day, period.last_day, today
    )


class _Intervals(NamedTuple):
    """The intervals without a change that contain a day: of the directory and of the lineage."""

    directory: int
    lineage: int


class _IntervalKey(NamedTuple):
    """An area, and the intervals that contain the three days of a question."""

    area: str
    first: int
    last: _Intervals
    seen: _Intervals


class _CachedSources:
    """The sources by one directory and lineage, computed once for each interval."""

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
            self._intervals(last),
            self._intervals(seen),
        )
        if key not in self._sources:
            self._sources[key] = self._find(area, first, last, seen)
        return self._sources[key]

    def _intervals(self, day: date) -> _Intervals:
        return _Intervals(self._directory.interval_index(day), self._lineage.interval_index(day))

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
        units_then = _PeriodUnits(
            self._directory, self._directory.living(first, last), last, traces, territory
        )
        areas, units = units_then.cover()
        went_on = self._one_to_one(area, last, today)
        return Sources(
            areas,
            units,
            tuple(sorted(units_then.partly)),
            units_then.unverified(),
            went_on if units_then.is_all(went_on, areas, units) else None,
        )

    def _reach(self, territory: Iterable[str]) -> set[str]:
        """Return every unit from which the territory may have figures, and some more."""
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
        """Return the one unit that an area was on a day, None when its boundaries changed since."""
        key = area
        while True:
            links = [
                it for it in self._lineage.predecessors(key) if last < it.effective_on <= today
            ]
            if self._directory.states(key)[0].span.begin <= last:
                return None if links else key
            if len(links) != 1 or links[0].kind != "whole" or not links[0].verified:
                return None
            key = links[0].predecessor


class _PeriodUnits:
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
        Return the units that only one source places here.

        Not those in an area that is verified here: an error could only have moved them within it.
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
        """Return whether *key* is the only one of these that existed on the last day."""
        existing = [it for it in (*areas, *units) if self._directory.alive(it, self._last)]
        return not self.partly and existing == [key]

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


@lru_cache(maxsize=_CACHES_MAX)
def _cached_sources(directory: Directory, lineage: Lineage) -> _CachedSources:
    return _CachedSources(directory, lineage)
