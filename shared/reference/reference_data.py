"""
Reference data: everything that a service works by, law and directory alike, as one immutable value.

How it is loaded from files and followed on Kafka is in ``shared/directory``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from typing import TypeVar

from shared.reference.catalogue import Catalogue
from shared.reference.committees import Committee
from shared.reference.deadlines import DeadlineRule, Due, due
from shared.reference.directory import Directory
from shared.reference.lineage import Lineage
from shared.reference.periods import VIETNAM, Period
from shared.reference.regimes import Regimes
from shared.reference.working_days import WorkingCalendar

T = TypeVar("T")
_DUE_INSTANTS_CACHED = 65_536


@dataclass(frozen=True, eq=False)
class ReferenceData:
    """
    What is known at one time: law, forms, units, committees.

    Compared by identity: values derived from one are cached under it.
    """

    catalogue: Catalogue
    directory: Directory
    lineage: Lineage
    calendar: WorkingCalendar
    committees: tuple[Committee, ...]
    rules: tuple[DeadlineRule, ...]
    regimes: Regimes = field(default_factory=Regimes)

    def due(self, form_code: str, period: Period, unit_key: str) -> Due | None:
        """
        Return when a unit's report is due, None when form or unit is unknown.

        Level and areas are those of the last day of the period. Raises NoDueInstant when
        the calendar does not reach that far, or when no rule holds.
        """
        unit = self.directory.get(unit_key, period.last_day)
        if unit is None:
            return None
        path = self.directory.path(unit_key, period.last_day)
        # Units of one level and path are due together unless a letter names one of them: so the
        # whole country has a few hundred answers for a form and period.
        areas = (unit_key, *path) if unit_key in self._named_by_letters else path
        return self._due(form_code, period, unit.level, areas)

    @cached_property
    def _named_by_letters(self) -> frozenset[str]:
        letters = (letter for it in self.committees for letter in it.extensions)
        return frozenset(it.area for it in self.committees).union(*(it.units for it in letters))

    @cached_property
    def _due(self) -> Callable[[str, Period, str, tuple[str, ...]], Due | None]:
        return lru_cache(maxsize=_DUE_INSTANTS_CACHED)(self._find_due)

    def _find_due(
        self, form_code: str, period: Period, level: str, areas: tuple[str, ...]
    ) -> Due | None:
        form = self.catalogue.form(form_code, period)
        if form is None:
            return None
        found = due(form, period, level, areas, self.committees, self.rules, self.calendar)
        first_day = self._in_use_from(areas)
        if first_day is None or found.at > datetime.combine(first_day, time(), VIETNAM):
            return found
        return replace(found, before_use=True)

    def _in_use_from(self, areas: Sequence[str]) -> date | None:
        """
        Return the first day on which units of these areas could report here, None if not stated.

        What no committee of theirs states is stated by those of the units that they wholly passed
        into: today's province enters the history of those merged into it. Of several committees
        the latest day holds, so that nobody is called late whom one of them did not ask yet.
        """
        seen: set[str] = set()
        while generation := [it for it in areas if it not in seen]:
            if stated := [self._first_days[it] for it in generation if it in self._first_days]:
                return max(stated)
            seen.update(generation)
            links = (link for area in generation for link in self.lineage.successors(area))
            areas = [link.successor for link in links if link.kind == "whole"]
        return None

    @cached_property
    def _first_days(self) -> Mapping[str, date]:
        """The first day of each area that states one, the latest of its committees."""
        stated = [(it.in_use_from, it.area) for it in self.committees if it.in_use_from]
        return {area: day for day, area in sorted(stated)}


def cached_per_reference_data(make: Callable[[ReferenceData], T]) -> Callable[[ReferenceData], T]:
    """
    Cache a value derived from ReferenceData, for the current and the next (or previous) revision.

    A new revision is prepared while the old one is still in use.
    """
    return lru_cache(maxsize=2)(make)
