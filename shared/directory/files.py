"""
Files of facts that may change while the services run: CSV of units and links, YAML of the rest.

A file holds entities whole: a unit with all its states, all predecessors of a unit, a committee
with its people and letters. What it does not name stays as it was. Only decisions are changes.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

import holidays

from shared.directory.contents import DirectoryContents, TableRow
from shared.directory.yaml_rows import read_yaml
from shared.reference.acts import Decision, apply, build_decisions
from shared.reference.committees import build_committees
from shared.reference.deadlines import build_rules
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.lineage import LINK_COLUMNS, build_links, known_links
from shared.reference.rows import FileMapping, FileRow
from shared.reference.units import UNIT_COLUMNS, build_units
from shared.reference.working_days import CALENDAR_FIELDS, build_calendar

DATA = Path(__file__).resolve().parent.parent / "data"
UNITS, LINEAGE, COMMITTEES = DATA / "units.csv", DATA / "lineage.csv", DATA / "committees.yaml"
LAW = (DATA / "regimes.yaml", DATA / "working_days.yaml")
_DECISIONS = "decisions"


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
    contents = with_files(DirectoryContents(), (*(directory_files or (UNITS,)), *LAW))
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
    columns, rows = _table(text, file)
    if "predecessor" in columns.values:
        columns.only(*LINK_COLUMNS)
        links = build_links(rows, file)
        given = {it.successor for it in links}
        return replace(
            base, links=[*(it for it in base.links if it.successor not in given), *links]
        )
    if "official_code" in columns.values:
        columns.only(*UNIT_COLUMNS)
        units = build_units(rows, file)
        keys = {it.key for it in units}
        return replace(base, units=[*(it for it in base.units if it.key not in keys), *units])
    raise FactError(file, "", "has neither the columns of units nor those of links", 1)


def _table(text: str, file: str) -> tuple[FileRow, list[FileMapping]]:
    """
    Return the header of a CSV file and its rows, each of which knows its line.

    Values are in composed Unicode with single blanks, so that what looks alike is alike.
    """
    text = unicodedata.normalize("NFC", text)
    header = text.partition("\n")[0]
    # A spreadsheet in the Vietnamese locale separates with semicolons: its comma is decimal.
    reader = csv.DictReader(StringIO(text), delimiter="," if "," in header else ";")
    rows = []
    for values in reader:
        row = FileMapping(values)
        row.file, row.line = file, reader.line_num
        if None in values:
            raise FactError(file, "", "has more values than columns", row.line)
        if None in values.values():
            raise FactError(file, "", "has fewer values than columns", row.line)
        row.update((name, " ".join(value.split())) for name, value in values.items() if value)
        rows.append(row)
    if not "".join(text.split()).isprintable():
        _refuse_invisible(rows)
    return FileRow(file, "", dict.fromkeys(reader.fieldnames or ()), 1), rows


def _refuse_invisible(rows: Iterable[FileMapping]) -> None:
    for row in rows:
        for name, value in row.items():
            if not str(value).isprintable():
                message = f"holds a character that cannot be seen: {value!a}"
                raise FileRow(row.file, "", row).wrong(name, message)


def _with_yaml(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    sections = (*_SECTIONS, _DECISIONS)
    known = [name for name in sections if name in document.values]
    if not known:
        raise document.refused(f"holds none of: {', '.join(sections)}")
    document.only("version", *CALENDAR_FIELDS, *sections)
    for name, read in _SECTIONS.items():
        if name in known:
            base = read(base, document)
    return base


def _with_committees(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    rows = [row.values for row in document.rows("committees")]
    build_committees(rows, document.file)
    return replace(base, committees=_laid_over(base.committees, rows, "key"))


def _with_regimes(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    rows = [row.values for row in document.rows("regimes")]
    build_rules(rows, document.file)
    return replace(base, regimes=_laid_over(base.regimes, rows, "code"))


def _with_calendar(base: DirectoryContents, document: FileRow) -> DirectoryContents:
    years = range(document.day("first").year, document.day("last").year + 1)
    package = holidays.country_holidays("VN", years=years)
    calendar = build_calendar(document, package, package.weekend_workdays)
    if base.calendar is not None:
        try:
            calendar = calendar.laid_over(base.calendar)
        except ValueError as problem:
            raise document.wrong("first", str(problem)) from problem
    return replace(base, calendar=calendar)


def _laid_over(old: Sequence[TableRow], new: Sequence[TableRow], name: str) -> list[TableRow]:
    given = {row[name] for row in new}
    return [*(row for row in old if row[name] not in given), *new]


_SECTIONS: Mapping[str, Callable[[DirectoryContents, FileRow], DirectoryContents]] = {
    "committees": _with_committees,
    "regimes": _with_regimes,
    "first": _with_calendar,
}
"""By the key at the top of a YAML file; a calendar begins with the first day that it covers."""
