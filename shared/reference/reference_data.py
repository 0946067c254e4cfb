"""
Reference data: everything that a service works by, law and directory alike, as one immutable value.

How it is loaded from files and followed on Kafka is in ``shared/directory``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar

from shared.reference.catalogue import Catalogue
from shared.reference.committees import Committee
from shared.reference.deadlines import DeadlineRule, Due, due
from shared.reference.directory import Directory
from shared.reference.lineage import Lineage
from shared.reference.periods import Period
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
        return due(form, period, level, areas, self.committees, self.rules, self.calendar)


def cached_per_reference_data(make: Callable[[ReferenceData], T]) -> Callable[[ReferenceData], T]:
    """
    Cache a value derived from ReferenceData, for the current and the next (or previous) revision.

    A new revision is prepared while the old one is still in use.
    """
    return lru_cache(maxsize=2)(make)
