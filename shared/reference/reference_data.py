"""
Reference data: everything that a service works by, law and directory alike, as one immutable value.

How it is loaded from files and followed on Kafka is in ``shared/directory``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from shared.reference.catalogue import Catalogue
from shared.reference.committees import Committee
from shared.reference.deadlines import DeadlineRule, Due, due
from shared.reference.directory import Directory
from shared.reference.lineage import Lineage
from shared.reference.periods import Period
from shared.reference.working_days import WorkingCalendar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class ReferenceData:
    """
    What is known at one time: law, forms, units, committees.

    Two of these are the same only if they are one object: what is worked out from one is
    remembered by it.
    """

    catalogue: Catalogue
    directory: Directory
    lineage: Lineage
    calendar: WorkingCalendar
    committees: tuple[Committee, ...]
    rules: tuple[DeadlineRule, ...]

    def due(self, form_code: str, period: Period, unit_key: str) -> Due | None:
        """
        Return when a unit's report is due, None when form or unit is unknown.

        Level and areas are those of the last day of the period. Raises ValueError when the
        calendar does not reach that far.
        """
        form = self.catalogue.form(form_code, period)
        unit = self.directory.get(unit_key, period.last_day)
        if form is None or unit is None:
            return None
        areas = (unit_key, *self.directory.path(unit_key, period.last_day))
        return due(form, period, unit.level, areas, self.committees, self.rules, self.calendar)


def cached_per_reference_data(make: Callable[[ReferenceData], T]) -> Callable[[ReferenceData], T]:
    """
    Remember what is worked out from facts, for those in force and for those before or to come.

    New facts are prepared while the old are still at work.
    """
    return lru_cache(maxsize=2)(make)
