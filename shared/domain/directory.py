"""
The directory: units, their parents and their dates; who owes a form for a period.

Official codes are used again with another meaning after 1/7/2025 (80 was Long An and is Tây Ninh),
so a unit is known by its own key, `<official code>.<generation>`, and never by its code.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shared.domain.catalogue import FormVersion
from shared.domain.errors import FactError
from shared.domain.periods import Period
from shared.domain.rows import Row

# Totals are kept for these levels, so such a unit is the first area of its own path.
_AREA_LEVELS = frozenset({"province", "district"})
_OWING_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that reports or is totalled. Dates are inclusive; None is open on that side."""

    key: str
    official_code: str
    level: str
    type: str
    name: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None

    def alive(self, day: date) -> bool:
        """Tell whether the unit exists on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Directory:
    """All units by key; immutable after construction."""

    def __init__(self, units: Iterable[Unit], file: str = "units.csv") -> None:
        """
        Index the units.

        Raises FactError when a key is there twice, a parent is unknown, or a unit does not end at
        a province.
        """
        self._file = file
        self._units: dict[str, Unit] = {}
        self._children: dict[str, list[Unit]] = {}
        for unit in units:
            if unit.key in self._units:
                raise self._wrong(unit, "is there twice")
            self._units[unit.key] = unit
            self._children.setdefault(unit.parent or "", []).append(unit)
        self._paths = {unit.key: self._climb(unit) for unit in self._units.values()}
        self._owing = lru_cache(maxsize=_OWING_REMEMBERED)(self._find_owing)

    def __len__(self) -> int:
        return len(self._units)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def get(self, key: str) -> Unit | None:
        """Return the unit of a key, or None when there is none."""
        return self._units.get(key)

    def alive(self, key: str, day: date) -> bool:
        """Tell whether a unit is known and exists on a day."""
        unit = self._units.get(key)
        return unit is not None and unit.alive(day)

    def path(self, key: str) -> tuple[str, ...]:
        """
        Return the areas a unit counts in: ("D436.1", "42.1"), province last.

        A province or district begins with itself. Raises KeyError on an unknown key.
        """
        return self._paths[key]

    def province(self, key: str) -> str:
        """Return the key of the province a unit lies in. Raises KeyError on an unknown key."""
        return self._paths[key][-1]

    def below(self, key: str) -> tuple[Unit, ...]:
        """Return all units under a unit, at any depth, sorted by key; empty when unknown."""
        found: list[Unit] = []
        waiting = list(self._children.get(key, ()))
        while waiting:
            unit = waiting.pop()
            found.append(unit)
            waiting.extend(self._children.get(unit.key, ()))
        return tuple(sorted(found, key=lambda unit: unit.key))

    def provinces(self) -> tuple[str, ...]:
        """
        Return the keys of all provinces, past and present, in the order of the partition map.

        Sorted by first day, then key: today's provinces stand side by side and so spread evenly
        over partitions, whatever the order in the file; a new generation goes to the end.
        """
        roots = self._children.get("", ())
        return tuple(u.key for u in sorted(roots, key=lambda u: (u.valid_from or date.min, u.key)))

    def owing(self, form: FormVersion, period: Period, area: str) -> tuple[Unit, ...]:
        """Return the units of an area (itself or below) that owe a form, sorted by key."""
        return self._owing(form.owed_by, period.last_day, area)

    def owes(self, unit_key: str, form: FormVersion, period: Period) -> bool:
        """Tell whether a unit owes a form: its level does, and it is alive on the last day."""
        unit = self._units.get(unit_key)
        return unit is not None and unit.level in form.owed_by and unit.alive(period.last_day)

    def _find_owing(self, levels: frozenset[str], day: date, area: str) -> tuple[Unit, ...]:
        itself = self._units.get(area)
        candidates = (*([itself] if itself else ()), *self.below(area))
        owing = (unit for unit in candidates if unit.level in levels and unit.alive(day))
        return tuple(sorted(owing, key=lambda unit: unit.key))

    def _climb(self, unit: Unit) -> tuple[str, ...]:
        path = [unit.key] if unit.level in _AREA_LEVELS else []
        top, seen = unit, {unit.key}
        while top.parent is not None:
            parent = self._units.get(top.parent)
            if parent is None or parent.key in seen:
                raise self._wrong(top, f"parent {top.parent!r} is unknown or below the unit itself")
            path.append(parent.key)
            seen.add(parent.key)
            top = parent
        if top.level != "province":
            raise self._wrong(unit, "does not lie in a province")
        return tuple(path)

    def _wrong(self, unit: Unit, message: str) -> FactError:
        return FactError(self._file, f"unit {unit.key}", message)


def build_units(rows: Iterable[Mapping[str, str]], file: str) -> list[Unit]:
    """Return the units of CSV rows. Raises FactError with file and line on an unusable one."""
    return [_unit(Row(file, f"line {line}", row)) for line, row in enumerate(rows, start=2)]


def _unit(row: Row) -> Unit:
    unit = Unit(
        key=row.text("key"),
        official_code=row.text("official_code"),
        level=row.text("level"),
        type=row.text("type"),
        name=row.text("name"),
        parent=row.text_or_none("parent"),
        valid_from=row.day_or_none("valid_from"),
        valid_to=row.day_or_none("valid_to"),
    )
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        raise row.wrong("valid_to", f"{unit.valid_to} is before {unit.valid_from}")
    return unit
