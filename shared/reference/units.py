"""Units and their states in time, and how they are read from the rows of a directory file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from shared.reference.errors import FactError
from shared.reference.levels import LEVELS, TYPES
from shared.reference.rows import Row

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Unit:
    """
    A body that reports or is totalled, as it was between two days.

    Dates are inclusive; None is open on that side. Several of these with one key are the states
    of one unit: it was renamed, moved below another, or got another type or code.
    """

    key: str
    official_code: str
    level: str
    type: str
    name: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None

    def alive(self, day: date) -> bool:
        """Tell whether the unit exists, in this state, on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
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
            states.sort(key=lambda unit: unit.valid_from or date.min)
            _check_states(states, file)
    return {key: tuple(states) for key, states in found.items()}


def nearest(chain: Sequence[Unit], day: date) -> Unit:
    """Return the state on a day, or the nearest one when the unit does not exist then."""
    for state in reversed(chain):
        if state.valid_from is None or state.valid_from <= day:
            return state
    return chain[0]


def lived(chain: Sequence[Unit], first: date, last: date) -> bool:
    """Tell whether a unit with these states existed on some day from first to last."""
    begins, ends = chain[0].valid_from, chain[-1].valid_to
    return (begins is None or begins <= last) and (ends is None or first <= ends)


def build_units(rows: Iterable[Mapping[str, str]], file: str) -> list[Unit]:
    """Return the units of CSV rows. Raises FactError with file and line on an unusable one."""
    located = (Row(file, "", row, line) for line, row in enumerate(rows, start=2))
    return [unit_of(row, *row.span()) for row in located]


def unit_of(row: Row, valid_from: date | None, valid_to: date | None) -> Unit:
    """Return the unit that a row describes. Raises FactError when level or type are not listed."""
    level = row.one_of("level", LEVELS)
    return Unit(
        key=row.text("key"),
        official_code=row.text("official_code"),
        level=level,
        type=row.one_of("type", sorted(TYPES[level])),
        name=row.text("name"),
        parent=row.text_or_none("parent"),
        valid_from=valid_from,
        valid_to=valid_to,
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
