"""
Files of facts that may change while the services run: CSV of units and links, YAML of the rest.

A file holds entities whole: a unit with all its states, all predecessors of a unit, a committee
with its people and letters. What it does not name stays as it was. Only decisions are changes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import holidays

from shared.directory.contents import DirectoryContents, TableRow
from shared.directory.csv_rows import read_csv
from shared.directory.yaml_rows import read_yaml
from shared.reference.acts import Decision, apply, build_decisions
from shared.reference.committees import build_committees
from shared.reference.deadlines import build_rules
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.lineage import LINK_COLUMNS, Link, build_links, known_links
from shared.reference.rows import FileMapping, FileRow
from shared.reference.units import UNIT_COLUMNS, Unit, build_units
from shared.reference.working_days import CALENDAR_FIELDS, build_calendar

DATA = Path(__file__).resolve().parent.parent / "data"
UNITS, LINEAGE, COMMITTEES = DATA / "units.csv", DATA / "lineage.csv", DATA / "committees.yaml"
KNOWN = DATA / "known_from.yaml"
LAW = (DATA / "regimes.yaml", DATA / "working_days.yaml")
_DECISIONS = "decisions"
_VERSION = 1


def with_files(base: DirectoryContents, files: Iterable[Path]) -> DirectoryContents:
    """
    Return *base* with the content of these files, one after the other, laid over it.

    Decisions come last, those of all files together: so their order does not matter. Raises
    FactError naming file and line, OSError when a file cannot be read.
    """
    decisions: list[Decision] = []
    for file in files:
        text = read_text(file)
        if file.suffix.lower() == ".csv":
            base = _with_csv(base, text, file.name)
        else:
            document = read_yaml(text, file.name)
            base = _with_yaml(base, document)
            decisions += build_decisions(document)
        base = replace(base, origin=file.name)
    if decisions:
        units, links = apply(base.units, base.links, decisions)
        base = replace(base, units=units, links=links)
    return base


def shipped(
    directory_files: Sequence[Path] = (), committee_files: Sequence[Path] = ()
) -> DirectoryContents:
    """
    Return the facts that ship with the code; files given here are used instead of ours.

    Of our lineage and our sample committee remains what speaks of units that are there.
    """
    contents = with_files(DirectoryContents(), (*(directory_files or (UNITS, KNOWN)), *LAW))
    if not contents.links:
        contents = with_files(contents, [LINEAGE])
    contents = with_files(contents, committee_files or [COMMITTEES])
    if not directory_files:
        return contents
    directory = Directory(contents.units)
    kept = [it for it in contents.committees if committee_files or directory.get(str(it["area"]))]
    links = known_links(contents.links, directory)
    return replace(contents, links=links, committees=kept)


def read_document(file: Path) -> FileRow:
    """Return a YAML file as one row. Raises FactError naming file and line."""
    return read_yaml(read_text(file), file.name)


def read_text(file: Path) -> str:
    """Return the text of a file, without the mark that spreadsheet programs put in front."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FactError(file.name, "", f"is not UTF-8: {error}") from error


def _with_csv(base: DirectoryContents, text: str, file: str) -> DirectoryContents:
    columns, rows = read_csv(text, file)
    names = columns.values.keys()
    if len(names & set(UNIT_COLUMNS)) > len(names & set(LINK_COLUMNS)):
        columns.only(*UNIT_COLUMNS)
        columns.every(*UNIT_COLUMNS[:5])
        return _with_units(base, build_units(rows, file), rows)
    if names & set(LINK_COLUMNS):
        columns.only(*LINK_COLUMNS)
        columns.every(*LINK_COLUMNS[:4])
        return _with_links(base, build_links(rows, file), rows)
    message = (
        f"has neither the columns of units ({', '.join(UNIT_COLUMNS)}) nor those of links"
        f" ({', '.join(LINK_COLUMNS)}), separated by commas or by semicolons"
    )
    raise columns.refused(message)


def _with_units(
    base: DirectoryContents, units: Sequence[Unit], rows: Sequence[FileMapping]
) -> DirectoryContents:
    keys = {it.key for it in units}
    # What is known of a unit is stated beside it, and no file of units says anything else.
    known = {it.key: it.known_from for it in base.units}
    units = [replace(it, known_from=known.get(it.key)) for it in units]
    lines = _lines(zip((f"unit {it.key}" for it in units), rows, strict=True))
    kept = (it for it in base.units if it.key not in keys)
    return replace(base, units=[*kept, *units], lines={**base.lines, **lines})


def _with_links(
    base: DirectoryContents, links: Sequence[Link], rows: Sequence[FileMapping]
) -> DirectoryContents:
    successors = {it.successor for it in links}
    lines = _lines(zip((f"unit {it.successor}" for it in links), rows, strict=True))
    lines = {**lines, **base.lines, **_lines(zip((it.label for it in links), rows, strict=True))}
    kept = (it for it in base.links if it.successor not in successors)
    return replace(base, links=[*kept, *links], lines=lines)


def _with_yaml(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    document.only("version", *CALENDAR_FIELDS, *_SECTIONS, _DECISIONS)
    if document.values.get("version", _VERSION) != _VERSION:
        raise document.wrong("version", f"must be {_VERSION}, as the files that ship have it")
    if document.values.keys() <= {"version"}:
        names = ", ".join((*_SECTIONS, CALENDAR_FIELDS[0], _DECISIONS))
        raise document.refused(f"holds none of: {names}")
    for name, read in _SECTIONS.items():
        if name in document.values:
            base = read(base, document)
    if not document.values.keys().isdisjoint(CALENDAR_FIELDS):
        base = _with_calendar(base, document)
    return base


def _with_known_from(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    known: dict[str, date] = {}
    there = {it.key for it in base.units}
    for row in document.rows("known_from"):
        row.only("day", "units", "source")
        row.text("source")
        keys = row.texts("units")
        if not keys:
            raise row.wrong("units", "must name at least one")
        if unknown := set(keys) - there:
            raise row.wrong("units", f"{min(unknown)} is not in the directory")
        known |= dict.fromkeys(keys, row.day("day"))
    units = [replace(it, known_from=known.get(it.key, it.known_from)) for it in base.units]
    return replace(base, units=units)


def _with_committees(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    rows = [row.values for row in document.rows("committees")]
    build_committees(rows, document.file)
    lines = _lines((f"committee {row['key']}", row) for row in rows)
    committees = _laid_over(base.committees, rows, "key")
    return replace(base, committees=committees, lines={**base.lines, **lines})


def _with_regimes(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    rows = [row.values for row in document.rows("regimes")]
    build_rules(rows, document.file)
    lines = _lines((f"regime {row['code']}", row) for row in rows)
    regimes = _laid_over(base.regimes, rows, "code")
    return replace(base, regimes=regimes, lines={**base.lines, **lines})


def _with_calendar(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    years = range(document.day("first").year, document.day("last").year + 1)
    package = holidays.country_holidays("VN", years=years)
    calendar = build_calendar(document, package, package.weekend_workdays)
    if base.calendar is not None:
        try:
            calendar = calendar.laid_over(base.calendar)
        except ValueError as problem:
            raise document.wrong("first", str(problem)) from problem
    place = document.file, document.line_of("first")
    return replace(base, calendar=calendar, lines={**base.lines, "calendar": place})


def _lines(named: Iterable[tuple[str, Mapping[str, object]]]) -> dict[str, tuple[str, int | None]]:
    """Return file and line by name; what is there twice, where it is for the second time."""
    return {name: (row.file, row.line) for name, row in named if isinstance(row, FileMapping)}


def _laid_over(old: Sequence[TableRow], new: Sequence[TableRow], name: str) -> list[TableRow]:
    given = {row[name] for row in new}
    return [*(row for row in old if row[name] not in given), *new]


_SECTIONS: Mapping[str, Callable[[DirectoryContents, FileRow], DirectoryContents]] = {
    "known_from": _with_known_from,
    "committees": _with_committees,
    "regimes": _with_regimes,
}
"""By the key at the top of a YAML file; a calendar has its fields there."""
