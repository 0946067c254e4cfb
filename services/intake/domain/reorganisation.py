"""Mergers and divisions of units, as the rules across periods need them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.reference.dates import DAY
from shared.reference.directory import Directory
from shared.reference.lineage import Component, Lineage
from shared.reference.periods import Period


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """
    A day on which a unit came to be, grew or shrank, or lost an area above it.

    ``wholes`` went wholly into it when it began that day, as far as two sources agree;
    with ``others`` a part changed hands, or nobody knows.
    """

    effective_on: date
    began: bool
    wholes: tuple[str, ...]
    others: tuple[str, ...]


class Reorganisations:
    """Predecessors and successors of units, computed once for each known unit."""

    def __init__(self, directory: Directory, lineage: Lineage) -> None:
        self._directory = directory
        self._lineage = lineage
        self._by_unit: dict[str, tuple[Reorganisation, ...]] = {}
        self._heirs: dict[str, tuple[tuple[str, date], ...]] = {}
        self._heirs_below: dict[tuple[str, date], frozenset[str]] = {}

    def reorganisation(self, unit: str, period: Period) -> Reorganisation | None:
        """Return the first reorganisation of a unit within a period, None when there was none."""
        known = self._by_unit.get(unit)
        if known is None:
            if not self._directory.states(unit):
                return None  # unknown names must not fill the cache
            known = self._by_unit[unit] = tuple(self._find(unit))
        for it in known:
            if period.first_day <= it.effective_on <= period.last_day:
                return it
        return None

    def heirs_after(self, unit: str, day: date) -> tuple[tuple[str, date], ...]:
        """Return into whom a unit passed after a day, the first of a period, and when."""
        known = self._heirs.get(unit)
        if known is None:
            links = self._lineage.successors(unit)
            known = self._heirs[unit] = tuple((it.successor, it.effective_on) for it in links)
        return tuple(it for it in known if it[1] > day) if known else known

    def passed_on(self, predecessor: str, unit: str) -> date:
        """Return the day on which a predecessor passed into a unit, or first into any other."""
        heirs = self.heirs_after(predecessor, date.min)
        return min([day for heir, day in heirs if heir == unit] or [day for _, day in heirs])

    def ancestors(self, unit: str, period: Period) -> tuple[tuple[str, date], ...]:
        """
        Return all predecessors up to a period, each with the day before which its reports count.

        All reports of a unit that has ended do, since its last period may go beyond its end.

        What one of them left unsettled may be settled by the unit; a part is as good as the
        whole here, since refusing a true report is worse.
        """
        found: dict[str, date] = {}
        waiting = [unit]
        while waiting:
            for link in self._lineage.predecessors(waiting.pop()):
                fits = link.effective_on <= period.last_day
                if fits and link.predecessor not in found and link.predecessor != unit:
                    ended = self.ended(link.predecessor, link.effective_on)
                    found[link.predecessor] = date.max if ended else link.effective_on
                    waiting.append(link.predecessor)
        return tuple(found.items())

    def component(self, unit: str, on: date) -> Component | None:
        """
        Return all units that were redrawn together with a unit on a day, None if it was not.

        A unit that only lost an area above it, to no successor, is one by itself.
        """
        component = self._lineage.component(unit, self._directory, on)
        if component is None and self._directory.alive(unit, on) and self.ended_areas(unit, on):
            return Component(on, frozenset((unit,)), frozenset((unit,)))
        return component

    def ended_areas(self, unit: str, day: date) -> tuple[str, ...]:
        """
        Return the areas above a unit that ended before a day without passing into others.

        The districts of June 2025: what they had themselves, no link hands to anybody.
        """
        eve = day - DAY
        if not self._directory.alive(unit, eve):
            return ()
        return tuple(
            it
            for it in self._directory.path(unit, eve)
            if it != unit
            and self._directory.alive(it, eve)
            and not self._directory.alive(it, day)
            and not self._lineage.successors(it)
        )

    def heirs_below(self, area: str, day: date) -> frozenset[str]:
        """Return the units that were redrawn with units below an area on a day, or lived on."""
        known = self._heirs_below.get((area, day))
        if known is None:
            below = self._directory.below(area, day - DAY)
            components = [self.component(it.key, day) for it in below]
            heirs = frozenset(new for it in components if it is not None for new in it.new)
            known = self._heirs_below[area, day] = heirs
        return known

    def certain(self, component: Component) -> bool:
        """Tell whether two sources agree on every link of a component."""
        return all(
            link.verified
            for old in component.old
            for link in self._lineage.successors(old)
            if link.effective_on == component.effective_on
        )

    def ended(self, unit: str, day: date) -> bool:
        """Tell whether a unit that passed on did not live to see the day."""
        return not self._directory.alive(unit, day)

    def _orphaned(self, unit: str) -> Iterator[date]:
        """Yield the days from which a unit lived on without an area that had been above it."""
        for state in self._directory.states(unit):
            above = self._directory.states(state.parent) if state.parent else ()
            if above and above[-1].span.end < date.max:
                day = above[-1].span.end + DAY
                if self._directory.alive(unit, day) and self.ended_areas(unit, day):
                    yield day

    def _find(self, unit: str) -> Iterator[Reorganisation]:
        came = self._lineage.predecessors(unit)
        went = [
            it
            for it in self._lineage.successors(unit)
            if self._directory.alive(unit, it.effective_on)
        ]
        for day in sorted({*(it.effective_on for it in (*came, *went)), *self._orphaned(unit)}):
            began = not self._directory.alive(unit, day - DAY)
            links = [it for it in came if it.effective_on == day]
            wholes = {
                it.predecessor for it in links if began and it.kind == "whole" and it.verified
            }
            others = {it.predecessor for it in links} - wholes
            others |= {it.successor for it in went if it.effective_on == day}
            yield Reorganisation(day, began, tuple(sorted(wholes)), tuple(sorted(others)))
