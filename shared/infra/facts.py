"""
Facts: everything that a service works by, law and directory alike, as one immutable value.

What changes while the services run comes from the directory's topic (``shared/infra/register.py``)
or, until something has been published, from the files that ship with the code; the catalogue and
the forms are part of a release and come from its files only.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from shared.domain.catalogue import Catalogue, build_catalogue
from shared.domain.committees import Committee, build_committees
from shared.domain.deadlines import DeadlineRule, Due, build_rules, due
from shared.domain.directory import Directory
from shared.domain.errors import FactError
from shared.domain.lineage import Lineage
from shared.domain.periods import Period
from shared.domain.working_days import WorkingCalendar
from shared.infra.contents import Contents
from shared.infra.fact_files import DATA, read_document, shipped

__all__ = ["DATA", "Facts", "build_facts", "load_catalogue", "load_facts", "per_facts"]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Facts:
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


def load_facts(directory_files: Sequence[Path] = (), committee_files: Sequence[Path] = ()) -> Facts:
    """
    Return the facts that ship with the code; files given here are used instead of ours.

    Directory files are CSV with the columns of units.csv or lineage.csv, committee files YAML like
    committees.yaml. Raises FactError naming file and line, OSError when a file cannot be read.
    """
    return build_facts(shipped(directory_files, committee_files))


def build_facts(contents: Contents) -> Facts:
    """
    Return the facts that these contents make with the catalogue of this release.

    Raises FactError when they do not hold together.
    """
    if contents.calendar is None:
        raise FactError(contents.origin, "calendar", "is missing")
    directory = Directory(contents.units, contents.origin)
    lineage = Lineage(contents.links, contents.origin)
    lineage.check(directory)
    committees = build_committees(contents.committees, contents.origin)
    _check_areas(committees, directory)
    return Facts(
        catalogue=load_catalogue(),
        directory=directory,
        lineage=lineage,
        calendar=contents.calendar,
        committees=committees,
        rules=build_rules(contents.regimes, contents.origin),
    )


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Return the indicators and forms of this release. Raises FactError on unusable files."""
    return build_catalogue(
        [row.values for row in read_document(DATA / "indicators.yaml").rows("indicators")],
        [row.values for row in read_document(DATA / "forms.yaml").rows("forms")],
        read_document(DATA / "codes.yaml").mapping("codes"),
    )


def per_facts(make: Callable[[Facts], T]) -> Callable[[Facts], T]:
    """
    Remember what is worked out from facts, for those in force and for those before or to come.

    New facts are prepared while the old are still at work.
    """
    return lru_cache(maxsize=2)(make)


def _check_areas(committees: Iterable[Committee], directory: Directory) -> None:
    for committee in committees:
        if directory.get(committee.area) is None:
            message = f"area {committee.area!r} is not in the directory"
            raise FactError("committees", f"committee {committee.key}", message)
