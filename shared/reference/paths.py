"""The areas that each unit counts in, on any day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from shared.reference.errors import FactError
from shared.reference.units import Unit, life

# Totals are kept for these levels, so such a unit is the first area of its own path.
AREA_LEVELS = frozenset({"province", "district"})

Path = tuple[str, ...]
PathInterval = tuple[date, Path]
"""A path, and the first day on which it holds."""


class Paths:
    """
    The path of each unit, province last.

    Nearly every unit has had one path all its life, and that is a single look-up. The intervals of
    the others are kept beside it. Before its first and after its last day a unit counts where it
    did on that day.
    """

    def __init__(self, states: Mapping[str, Sequence[Unit]], file: str) -> None:
        """Climb from every unit. Raises FactError where that does not end at a province."""
        self._states = states
        self._file = file
        self._lines: dict[str, tuple[PathInterval, ...]] = {}
        for key in states:
            self._line(key, ())
        self.newest = {key: self._areas(key, line[-1][1]) for key, line in self._lines.items()}
        self._moved = {
            key: [(day, self._areas(key, path)) for day, path in line]
            for key, line in self._lines.items()
            if len(line) > 1
        }

    def on(self, key: str, day: date) -> Path:
        """Return the path of a unit on a day. Raises KeyError on an unknown key."""
        intervals = self._moved.get(key)
        if intervals is None:
            return self.newest[key]
        return next(path for since, path in reversed(intervals) if since <= day)

    def _areas(self, key: str, line: Path) -> Path:
        return line if self._states[key][0].level in AREA_LEVELS else line[1:]

    def _line(self, key: str, busy: Path) -> tuple[PathInterval, ...]:
        """Return the unit and all above it, in each interval of its life."""
        known = self._lines.get(key)
        if known is not None:
            return known
        intervals: list[PathInterval] = []
        for state in self._states[key]:
            intervals.extend(self._above(state, (*busy, key)))
        # What is above may change without a change of the line, and the first path holds earlier.
        line = [next(same) for _, same in groupby(intervals, key=lambda interval: interval[1])]
        line[0] = (date.min, line[0][1])
        self._lines[key] = tuple(line)
        return self._lines[key]

    def _above(self, state: Unit, busy: Path) -> Iterator[PathInterval]:
        begin, end = state.span.begin, state.span.end
        if state.parent is None:
            if state.level != "province":
                raise self._wrong(state, "does not lie in a province")
            yield begin, (state.key,)
            return
        if state.parent not in self._states or state.parent in busy:
            message = f"parent {state.parent!r} is unknown or below the unit itself"
            raise self._wrong(state, message)
        self._check_lives(state)
        line = self._line(state.parent, busy)
        # The interval that has begun before still holds on the first day.
        place = max(index for index, (since, _) in enumerate(line) if since <= begin)
        for since, path in line[place:]:
            if since <= end:
                yield max(since, begin), (state.key, *path)

    def _check_lives(self, state: Unit) -> None:
        """Refuse a unit below one that has ended or not begun; without a first day is not known."""
        above = self._states[str(state.parent)]
        parent = life(above)
        if state.span.end > parent.end:
            raise self._wrong(state, f"lives on below {state.parent}, which ends on {parent.last}")
        if state.valid_from is not None and state.valid_from < parent.begin:
            message = f"lies below {state.parent} before that begins on {parent.first}"
            raise self._wrong(state, message)

    def _wrong(self, unit: Unit, message: str) -> FactError:
        return FactError(self._file, f"unit {unit.key}", message)
