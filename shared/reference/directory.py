"""
The directory: units, their parents, names and dates; who owes a form for a period.

Official codes are used again with another meaning after 1/7/2025 (80 was Long An and is Tây Ninh),
so a unit is known by its own key, `<official code>.<generation>`, and never by its code. A unit
that is renamed, moved or retyped keeps its key and gets another state from that day on.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

from shared.reference.catalogue import FormVersion
from shared.reference.dates import DAY, Dated, DateSpan
from shared.reference.errors import FactError
from shared.reference.mandates import Mandate
from shared.reference.paths import AREA_LEVELS, Paths
from shared.reference.periods import Period
from shared.reference.units import Unit, build_units, chains, life, nearest

__all__ = ["AREA_LEVELS", "Directory", "Unit", "build_units"]

_OWING_REMEMBERED = 4096
_LIVING_REMEMBERED = 64

AskedIn = Callable[[str, Period, tuple[str, ...]], bool]
"""Tells whether a form is owed for a committee's window by a unit of these areas, itself first."""

UnitsByArea = Mapping[str, tuple[Unit, ...]]
"""Area -> the units that count in it, sorted by key: a province or district itself included."""


class Directory:
    """All units by key, each with its states in time; immutable after construction."""

    def __init__(
        self,
        units: Iterable[Unit],
        file: str = "units.csv",
        mandates: Iterable[Mandate] = (),
        asked_in: AskedIn = lambda *_: False,
    ) -> None:
        """
        Index the units; *mandates* say who owes a form beside those of the catalogue.

        *asked_in* tells which of them are asked for a form for a committee's window.

        Raises FactError when two states of a unit overlap or leave a gap, a parent is unknown or
        ends before the unit, a unit does not lie in a province, or a code means two things at once.
        """
        self._states = chains(units, file)
        self._units = {key: chain[-1] for key, chain in self._states.items()}
        self._paths = Paths(self._states, file)
        self._by_code = _codes(self._states, file)
        self._mandates = tuple(mandates)
        dated = (*self._mandates, *(it for chain in self._states.values() for it in chain))
        self._change_days = sorted(set(_days_of_change(dated)))
        self._owing = lru_cache(maxsize=_OWING_REMEMBERED)(self._find_owing)
        self._living = lru_cache(maxsize=_LIVING_REMEMBERED)(self._find_living)
        self._asked_in = asked_in
        self._asked = lru_cache(maxsize=_OWING_REMEMBERED)(self._find_asked)

    def __len__(self) -> int:
        return len(self._units)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def get(self, key: str, on: date | None = None) -> Unit | None:
        """
        Return the newest state of a unit or the one on a day, None when the key is unknown.

        On a day when the unit does not exist: its nearest state.
        """
        if on is None:
            return self._units.get(key)
        chain = self._states.get(key)
        return None if chain is None else nearest(chain, on)

    def states(self, key: str) -> tuple[Unit, ...]:
        """Return the states of a unit in time, empty when the key is unknown."""
        return self._states.get(key, ())

    def find(self, official_code: str, level: str, on: date) -> Unit | None:
        """Return the unit that an official code of a level means on a day, None when nothing."""
        candidates = self._by_code.get((official_code, level), ())
        return next((unit for unit in candidates if unit.alive(on)), None)

    def alive(self, key: str, day: date) -> bool:
        """Return whether a unit is known and exists on a day."""
        chain = self._states.get(key)
        return chain is not None and life(chain).contains(day)

    def known_from(self, key: str) -> date | None:
        """
        Return the day from which a unit is known as it was, None where nothing limits that.

        What the unit states, else the first day of its life, else what is stated above it. Before
        it, who owed a report is not known: the units of then were merged, divided or renamed.
        """
        chain = self._states.get(key)
        if chain is None:
            return None
        first = chain[0]
        if stated := first.known_from or first.valid_from:
            return stated
        return self.known_from(first.parent) if first.parent else None

    def known_on(self, key: str, day: date) -> bool:
        """Return whether it is known that a unit was on a day what the directory says."""
        known_from = self.known_from(key)
        return known_from is None or known_from <= day

    def path(self, key: str, on: date | None = None) -> tuple[str, ...]:
        """
        Return the areas a unit counts in: ("D436.1", "42.1"), province last.

        A province or district begins with itself. Without a day: where it counts now, or did on
        its last day. Raises KeyError on an unknown key.
        """
        return self._paths.newest[key] if on is None else self._paths.on(key, on)

    def province(self, key: str, on: date | None = None) -> str:
        """Return the key of the province a unit lies in. Raises KeyError on an unknown key."""
        return self.path(key, on)[-1]

    def below(self, key: str, on: date | None = None) -> tuple[Unit, ...]:
        """
        Return the units under a unit, at any depth, sorted by key; empty when unknown.

        Without a day: past and present ones, in their newest states. On a day: those that exist.
        """
        within = self._ever if on is None else self.living(on, on)
        return tuple(unit for unit in within.get(key, ()) if unit.key != key)

    def provinces(self) -> tuple[str, ...]:
        """
        Return the keys of all provinces, past and present, in the order of the partition map.

        Sorted by first day, then key: today's provinces stand side by side and so spread evenly
        over partitions, whatever the order in the file; a new generation goes to the end.
        """
        firsts = [chain[0] for chain in self._states.values() if chain[0].level == "province"]
        return tuple(u.key for u in sorted(firsts, key=lambda u: (u.span.begin, u.key)))

    def owing(self, form: FormVersion, period: Period, area: str) -> tuple[Unit, ...]:
        """Return the units of an area (itself or below) that owe a form, sorted by key."""
        if period.is_window:
            return self._asked(form, period, area)
        return self._owing_form(form, period, area)

    def owes(self, unit_key: str, form: FormVersion, period: Period) -> bool:
        """Return whether a unit owes a form as it is on the last day of a period."""
        chain = self._states.get(unit_key)
        if chain is None or not life(chain).contains(period.last_day):
            return False
        if period.is_window and not self._is_asked(unit_key, form, period):
            return False
        state = nearest(chain, period.last_day)
        if form.owes(state.level, state.type):
            return True
        mandates = self._mandates_for(form.code, period.last_day)
        return self._is_mandated(state, period.last_day, mandates)

    def levels_owing(self, form: FormVersion, period: Period) -> frozenset[str]:
        """Return the levels of which any unit may owe a form for a period, somewhere."""
        mandates = self._mandates_for(form.code, period.last_day)
        named = (self.get(key, period.last_day) for it in mandates for key in it.units)
        return form.owed_by.union(*(it.levels for it in mandates), (it.level for it in named if it))

    def interval_index(self, day: date) -> int:
        """Return the index of the interval between changes that contains a day (a cache key)."""
        return bisect_right(self._change_days, day)

    def living(self, first: date, last: date) -> UnitsByArea:
        """Return who existed on some day of a span, by the areas they were in on its last day."""
        return self._living(self.interval_index(first), self.interval_index(last))

    @cached_property
    def _ever(self) -> UnitsByArea:
        return _within((self._units[key], self._paths.newest[key]) for key in sorted(self._units))

    def _find_living(self, first_index: int, last_index: int) -> UnitsByArea:
        first, last = self._day_in(first_index), self._day_in(last_index)
        window = DateSpan(first, last)
        existing = ((key, self._states[key]) for key in sorted(self._states))
        return _within(
            (chain[0] if len(chain) == 1 else nearest(chain, last), self._paths.on(key, last))
            for key, chain in existing
            if life(chain).overlaps(window)
        )

    def _find_owing(
        self,
        code: str,
        owed_by: frozenset[str],
        voluntary: frozenset[str],
        interval_index: int,
        area: str,
    ) -> tuple[Unit, ...]:
        units = self._living(interval_index, interval_index).get(area, ())
        itself = self.get(area, day := self._day_in(interval_index))
        if itself and itself.level not in AREA_LEVELS and itself.alive(day):
            units = tuple(sorted((itself, *units), key=lambda unit: unit.key))
        mandates = self._mandates_for(code, day)
        return tuple(
            it
            for it in units
            if (it.level in owed_by and it.type not in voluntary)
            or (mandates and self._is_mandated(it, day, mandates))
        )

    def _mandates_for(self, code: str, day: date) -> tuple[Mandate, ...]:
        return tuple(it for it in self._mandates if it.form == code and it.span.contains(day))

    def _is_mandated(self, unit: Unit, day: date, mandates: Iterable[Mandate]) -> bool:
        return any(
            it.area == unit.key or it.area in self.path(unit.key, day)
            for it in mandates
            if it.names(unit.key, unit.level, unit.type)
        )

    def _owing_form(self, form: FormVersion, period: Period, area: str) -> tuple[Unit, ...]:
        """Return who owes the form for the periods that end on this day, asked or not."""
        interval = self.interval_index(period.last_day)
        return self._owing(form.code, form.owed_by, form.voluntary, interval, area)

    def _find_asked(self, form: FormVersion, period: Period, area: str) -> tuple[Unit, ...]:
        units = self._owing_form(form, period, area)
        return tuple(it for it in units if self._is_asked(it.key, form, period))

    def _is_asked(self, unit_key: str, form: FormVersion, period: Period) -> bool:
        areas = (unit_key, *self._paths.on(unit_key, period.last_day))
        return self._asked_in(form.code, period, areas)

    def _day_in(self, interval_index: int) -> date:
        if interval_index:
            return self._change_days[interval_index - 1]
        return self._change_days[0] - DAY if self._change_days else date.min


def _within(units: Iterable[tuple[Unit, tuple[str, ...]]]) -> UnitsByArea:
    found: dict[str, list[Unit]] = {}
    for unit, path in units:
        for area in path:
            found.setdefault(area, []).append(unit)
    return {area: tuple(its) for area, its in found.items()}


def _days_of_change(dated: Iterable[Dated]) -> Iterator[date]:
    for it in dated:
        if it.valid_from is not None:
            yield it.valid_from
        if it.valid_to is not None and it.valid_to < date.max:
            yield it.valid_to + DAY


def _codes(
    states: Mapping[str, Sequence[Unit]], file: str
) -> Mapping[tuple[str, str], Sequence[Unit]]:
    found: dict[tuple[str, str], list[Unit]] = {}
    for chain in states.values():
        for state in chain:
            found.setdefault((state.official_code, state.level), []).append(state)
    for of_code in found.values():
        of_code.sort(key=lambda unit: unit.span.begin)
        for before, after in pairwise(of_code):
            if before.alive(after.span.begin):
                message = f"has the code {after.official_code} while {before.key} has it"
                raise FactError(file, f"unit {after.key}", message)
    return found
