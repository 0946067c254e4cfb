"""
Decisions: what an act of the State changes in the directory on a day, as written in a file.

    decisions:
      - decision: "Nghị quyết 1662/NQ-UBTVQH15"
        effective_on: 2025-07-01
        open: [{key, official_code, level, type, name, parent}]
        merge: [{from: [a, b], into: c}]     wholly; a and b end
        split: [{from: a, into: [b, c]}]     in parts nobody knows the size of; a ends
        cede: [{from: a, to: b}]             a part; a lives on
        rename: [{unit, name}]
        retype: [{unit, type}]
        recode: [{unit, official_code}]
        move: [{unit, parent}]
        close: [a]                           what it reported counts in the unit above it
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from shared.reference.dates import DateSpan
from shared.reference.rows import FileRow
from shared.reference.units import Unit, unit_of

# Act -> the field of a unit that it changes.
_CHANGES: Mapping[str, str] = {
    "rename": "name",
    "retype": "type",
    "recode": "official_code",
    "move": "parent",
}
_OPENED = ("key", "official_code", "level", "type", "name", "parent")
_PARTS_MIN = 2


@dataclass(frozen=True, slots=True)
class UnitOpened:
    """A unit begins."""

    unit: Unit
    row: FileRow = field(compare=False)


@dataclass(frozen=True, slots=True)
class UnitPassed:
    """One unit passes into another, wholly or in part; when `ends`, it is no more."""

    predecessor: str
    successor: str
    kind: str
    ends: bool
    document: str
    row: FileRow = field(compare=False)


@dataclass(frozen=True, slots=True)
class UnitChanged:
    """A unit that lives on gets another value in one field."""

    unit: str
    attribute: str
    value: str
    row: FileRow = field(compare=False)


@dataclass(frozen=True, slots=True)
class UnitClosed:
    """A unit ends and passes into none."""

    unit: str
    row: FileRow = field(compare=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one act changes on one day."""

    document: str
    effective_on: date
    openings: tuple[UnitOpened, ...] = ()
    passings: tuple[UnitPassed, ...] = ()
    changes: tuple[UnitChanged, ...] = ()
    closings: tuple[UnitClosed, ...] = ()


def build_decisions(document: FileRow) -> tuple[Decision, ...]:
    """Return the decisions of a file. Raises FactError with file and line on an unusable one."""
    return tuple(_decision(row) for row in document.rows("decisions"))


def _decision(row: FileRow) -> Decision:
    row.only("decision", "effective_on", "open", "merge", "split", "cede", "close", *_CHANGES)
    document, day = row.text("decision"), row.day("effective_on")
    closing = FileRow(row.file, f"{row.where}, close", {}, row.line_of("close"))
    return Decision(
        document,
        day,
        tuple(_opening(it, day) for it in row.rows("open")),
        tuple(_passings(row, document)),
        tuple(_changes(row)),
        tuple(UnitClosed(key, closing) for key in row.texts("close")),
    )


def _opening(row: FileRow, day: date) -> UnitOpened:
    row.only(*_OPENED)
    return UnitOpened(unit_of(row, DateSpan(day)), row)


def _passings(decision: FileRow, document: str) -> Iterator[UnitPassed]:
    for row in decision.rows("merge"):
        row.only("from", "into")
        for key in _several(row, "from", 1):
            yield _passing(row, key, row.text("into"), "merge", document)
    for row in decision.rows("split"):
        row.only("from", "into")
        for key in _several(row, "into", _PARTS_MIN):
            yield _passing(row, row.text("from"), key, "split", document)
    for row in decision.rows("cede"):
        row.only("from", "to")
        yield _passing(row, row.text("from"), row.text("to"), "cede", document)


def _passing(row: FileRow, predecessor: str, successor: str, act: str, document: str) -> UnitPassed:
    if predecessor == successor:
        raise row.refused(f"{predecessor} cannot pass into itself; who lives on may cede parts")
    kind = "whole" if act == "merge" else "part"
    return UnitPassed(predecessor, successor, kind, act != "cede", document, row)


def _changes(decision: FileRow) -> Iterator[UnitChanged]:
    for act, changed in _CHANGES.items():
        for row in decision.rows(act):
            row.only("unit", changed)
            yield UnitChanged(row.text("unit"), changed, row.text(changed), row)


def _several(row: FileRow, name: str, least: int) -> tuple[str, ...]:
    keys = row.texts(name)
    if len(set(keys)) < least or len(set(keys)) != len(keys):
        raise row.wrong(name, f"must name at least {least}, each once, not {list(keys)!r}")
    return keys
