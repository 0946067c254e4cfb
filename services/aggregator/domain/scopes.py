"""
The reports that make up a unit in a period: as it was then, or within the boundaries of today.

No report is ever moved. Today's Tây Ninh in 2023 is what Long An and the Tây Ninh of that time
reported, computed for every question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.aggregator.domain.boundaries import sources
from shared.reference.directory import Directory
from shared.reference.forms import FormVersion
from shared.reference.lineage import Lineage
from shared.reference.periods import Period

View = Literal["as_reported", "current"]


@dataclass(frozen=True, slots=True)
class Scope:
    """
    The reports that count in one period: whole areas, and single units beside them.

    ``provinces`` are those in which the units reported. ``continued`` is the one unit whose
    scores and ranks are also those of the unit asked for. Units that are ``not_separable`` lie
    only partly inside; their shares are not recorded.
    """

    areas: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    continued: str | None = None
    not_separable: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()

    @property
    def made_of(self) -> tuple[str, ...]:
        """Every unit whose figures count here."""
        return self.areas + self.units


def as_reported(directory: Directory, key: str, period: Period) -> Scope:
    """
    Return a unit as it was in a period: its own total, or its own report.

    A province that the directory has lost still has the totals that were counted.
    """
    if directory.get(key) is None:
        return Scope(areas=(key,), provinces=(key,), continued=key)
    path = directory.path(key, period.last_day)
    if path[0] == key:
        return Scope(areas=(key,), provinces=path[-1:], continued=key)
    return Scope(units=(key,), provinces=path[-1:], continued=key)


def current(directory: Directory, lineage: Lineage, key: str, period: Period, today: date) -> Scope:
    """Return what was reported in a period from within a unit's boundaries of today."""
    origin = sources(key, period, directory, lineage, today)
    areas, units = tuple(sorted(origin.areas)), tuple(sorted(origin.units))
    return Scope(
        areas,
        units,
        tuple(sorted({directory.province(it, period.last_day) for it in areas + units})),
        origin.continued,
        tuple(sorted(origin.not_separable)),
        tuple(sorted(origin.unverified)),
    )


def ancestry(lineage: Lineage, key: str) -> frozenset[str]:
    """Return a unit and its predecessors at any distance."""
    units = {key}
    waiting = [key]
    while waiting:
        earlier = {it.predecessor for it in lineage.predecessors(waiting.pop())} - units
        units |= earlier
        waiting += earlier
    return frozenset(units)


def owing(directory: Directory, form: FormVersion, period: Period, scope: Scope) -> frozenset[str]:
    """Return the units of a scope that owed a form for a period."""
    below = (directory.owing(form, period, area) for area in scope.areas)
    return frozenset(
        (
            *(unit.key for units in below for unit in units),
            *owing_alone(directory, form, period, scope.units),
        )
    )


def owing_alone(
    directory: Directory, form: FormVersion, period: Period, keys: Iterable[str]
) -> frozenset[str]:
    """Return those of the units that owed a form themselves, without the units below them."""
    return frozenset(key for key in keys if directory.owes(key, form, period))
