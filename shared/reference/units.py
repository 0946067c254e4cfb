"""Units and their states in time, and how they are read from the rows of a directory file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from shared.contracts.values import UNIT_KEY_PATTERN
from shared.reference.dates import DAY, Dated, DateSpan
from shared.reference.errors import FactError
from shared.reference.levels import LEVELS, TYPES
from shared.reference.rows import FileRow, read_all


@dataclass(frozen=True, slots=True)
class Unit(Dated):
    """
    A body that reports or is totalled, as it was between two days.

    Dates are inclusive; None is open on that side. Several of these with one key are the states
    of one unit: it was renamed, moved below another, or got another type or code. `known_from` is
    stated of areas: from that day on the directory holds the unit and all below it as they were.
    """

    key: str
    official_code: str
    level: str
    type: str
    name: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    known_from: date | None = None

    def alive(self, day: date) -> bool:
        """Return whether the unit exists, in this state, on a day."""
        return self.span.contains(day)


UNIT_COLUMNS = (
    "key",
    "official_code",
    "level",
    "type",
    "name",
    "parent",
    "valid_from",
    "valid_to",
)


def chains(units: Iterable[Unit], file: str) -> dict[str, tuple[Unit, ...]]:
    """
    Return the states of each unit in time, units in the order of their first rows.

    Raises FactError when states of a unit overlap, leave a gap or differ in level.
    """
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.key, []).append(unit)
    for states in found.values():
        if len(states) > 1:
            states.sort(key=lambda unit: unit.span.begin)
            _check_states(states, file)
    return {key: tuple(states) for key, states in found.items()}


def nearest(chain: Sequence[Unit], day: date) -> Unit:
    """Return the state on a day, or the nearest one when the unit does not exist then."""
    for state in reversed(chain):
        if state.span.begin <= day:
            return state
    return chain[0]


def life(chain: Sequence[Unit]) -> DateSpan:
    """Return the days on which a unit with these states existed."""
    return DateSpan(chain[0].valid_from, chain[-1].valid_to)


def build_units(rows: Iterable[Mapping[str, object]], file: str) -> list[Unit]:
    """Return the units of CSV rows. Raises FactError with file and line on unusable ones."""
    located = (FileRow(file, "", row, line) for line, row in enumerate(rows, start=2))
    return read_all(lambda row: unit_of(row, row.span()), located)


def unit_of(row: FileRow, span: DateSpan) -> Unit:
    """Return the unit that a row describes. Raises FactError when level or type are not listed."""
    key, level = row.text("key"), row.one_of("level", LEVELS)
    if not re.fullmatch(UNIT_KEY_PATTERN, key):
        raise row.wrong("key", f"must match {UNIT_KEY_PATTERN}, not {key!r}")
    return Unit(
        key=key,
        official_code=row.text("official_code"),
        level=level,
        type=row.one_of("type", sorted(TYPES[level])),
        name=row.text("name"),
        parent=row.text_or_none("parent"),
        valid_from=span.first,
        valid_to=span.last,
    )


def _check_states(states: Sequence[Unit], file: str) -> None:
    where = f"unit {states[0].key}"
    for before, after in pairwise(states):
        if before.level != after.level:
            raise FactError(file, where, f"is {before.level} and becomes {after.level}")
        if (
            before.valid_to is None
            or after.valid_from is None
            or after.valid_from <= before.valid_to
        ):
            raise FactError(file, where, "is there twice at the same time")
        if after.valid_from != before.valid_to + DAY:
            message = f"does not exist from {before.valid_to + DAY} until {after.valid_from}"
            raise FactError(file, where, message)
