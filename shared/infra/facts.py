"""
Facts: the only place that reads fact files, once, at the start of a service.

Reads shared/data/*.yaml and units.csv, or the directory and committees of the place it runs in.
Changes nothing.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

import holidays
import yaml

from shared.domain.catalogue import Catalogue, build_catalogue
from shared.domain.committees import Committee, build_committees
from shared.domain.deadlines import DEADLINE_RULES, DeadlineRule, Due, due
from shared.domain.directory import Directory, Unit, build_units
from shared.domain.errors import FactError
from shared.domain.periods import Period
from shared.domain.rows import Row
from shared.domain.working_days import WorkingCalendar
from shared.infra.errors import Misconfigured
from shared.infra.settings import Settings

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Facts:
    """Everything the services know before the first message: law, forms, units, committees."""

    catalogue: Catalogue
    directory: Directory
    calendar: WorkingCalendar
    committees: tuple[Committee, ...]
    rules: Mapping[str, DeadlineRule]

    def due(self, form_code: str, period: Period, unit_key: str) -> Due | None:
        """
        Return when a unit's report is due, None when form or unit is unknown.

        Raises ValueError when the calendar does not reach that far.
        """
        form = self.catalogue.form(form_code, period)
        if form is None or self.directory.get(unit_key) is None:
            return None
        areas = self.directory.path(unit_key)
        return due(form, period, areas, self.committees, self.rules, self.calendar)


def facts_for(settings: Settings) -> Facts:
    """Return the facts of the place a service runs in. Raises Misconfigured on unusable files."""
    try:
        return load_facts(settings.directory_files, settings.committee_files)
    except (FactError, OSError) as problem:
        raise Misconfigured(str(problem)) from problem


def load_facts(directory_files: Sequence[Path] = (), committee_files: Sequence[Path] = ()) -> Facts:
    """
    Return the facts of shared/data; files given here are used instead of ours.

    Directory files are CSV with the columns of units.csv, committee files YAML like
    committees.yaml. Raises FactError naming file and row, OSError when a file cannot be read.
    """
    sources = directory_files or (DATA / "units.csv",)
    directory = Directory(_units(sources), ", ".join(file.name for file in sources))
    committees = _committees(committee_files or (DATA / "committees.yaml",))
    if committee_files:
        _check_areas(committees, directory)
    return Facts(
        catalogue=_catalogue(),
        directory=directory,
        calendar=_calendar(),
        committees=committees,
        rules=DEADLINE_RULES,
    )


def _catalogue() -> Catalogue:
    return build_catalogue(
        [row.values for row in _document(DATA / "indicators.yaml").rows("indicators")],
        [row.values for row in _document(DATA / "forms.yaml").rows("forms")],
        _document(DATA / "codes.yaml").mapping("codes"),
    )


def _units(files: Sequence[Path]) -> Iterable[Unit]:
    for file in files:
        yield from build_units(csv.DictReader(StringIO(_text(file))), file.name)


def _committees(files: Sequence[Path]) -> tuple[Committee, ...]:
    return tuple(
        committee
        for file in files
        for committee in build_committees(
            [row.values for row in _document(file).rows("committees")], file.name
        )
    )


def _check_areas(committees: Iterable[Committee], directory: Directory) -> None:
    for committee in committees:
        if directory.get(committee.area) is None:
            message = f"area {committee.area!r} is not in the directory"
            raise FactError("committees", f"committee {committee.key}", message)


def _calendar() -> WorkingCalendar:
    table = _document(DATA / "working_days.yaml")
    first, last = table.day("first"), table.day("last")
    package = holidays.country_holidays("VN", years=range(first.year, last.year + 1))
    swaps = [(row.day("day_off"), row.day("day_worked")) for row in table.rows("swaps")]
    return WorkingCalendar(
        days_off=_within(first, last, [*package, *(off for off, _ in swaps)]),
        days_worked=_within(
            first, last, [*package.weekend_workdays, *(worked for _, worked in swaps)]
        ),
        first=first,
        last=last,
    )


def _within(first: date, last: date, days: Iterable[date]) -> frozenset[date]:
    return frozenset(day for day in days if first <= day <= last)


def _document(file: Path) -> Row:
    try:
        content = yaml.safe_load(_text(file))
    except yaml.YAMLError as error:
        raise FactError(file.name, "file", f"is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise FactError(file.name, "file", "must hold a mapping")
    return Row(file.name, "file", content)


def _text(file: Path) -> str:
    try:
        # Spreadsheet programs put a byte-order mark in front of the CSV they save.
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FactError(file.name, "file", f"is not UTF-8: {error}") from error
