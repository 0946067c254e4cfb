"""
Form versions and their cells.

A cell is one indicator, or one indicator at one combination of codes of its dimensions. Its key is
what travels: `dvk_models_total`, `dvk_models_total[field=kinh_te]`, with dimensions in alphabetical
order.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from shared.reference.dates import Dated
from shared.reference.periods import Period

# Whatever could not be classified is reported here, so that a split still sums to its total.
UNCLASSIFIED = "khong_phan_loai"

_FINGERPRINT_DIGITS = 16
_KEY = re.compile(r"([a-z0-9_]+)(?:\[([a-z0-9_]+=[a-z0-9_+]+(?:,[a-z0-9_]+=[a-z0-9_+]+)*)\])?")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a form. `split` holds (dimension, code) pairs in alphabetical order."""

    indicator: str
    split: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """The name of the cell on the wire."""
        if not self.split:
            return self.indicator
        return f"{self.indicator}[{','.join(f'{name}={code}' for name, code in self.split)}]"

    @classmethod
    def parse(cls, key: str) -> "Cell":
        """Return the cell a key names. Raises ValueError unless the key is in canonical form."""
        found = _KEY.fullmatch(key)
        if found is None:
            raise ValueError(f"{key!r} is not a cell key")
        pairs = [pair.partition("=") for pair in found[2].split(",")] if found[2] else []
        names = [name for name, _, _ in pairs]
        if names != sorted(set(names)):
            raise ValueError(f"{key!r}: dimensions must be distinct and in alphabetical order")
        return cls(found[1], tuple((name, code) for name, _, code in pairs))


@dataclass(frozen=True, slots=True)
class SplitGroup:
    """
    A breakdown of one indicator within a form.

    When complete, its cells (those reported) sum to the indicator's own cell; what a unit cannot
    classify goes into the cell of `khong_phan_loai`, where the dimension has that code.
    """

    indicator: str
    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]
    complete: bool = True


class ExtendedVersion(NamedTuple):
    """A version whose cells another one begins with: its number, and how many cells it had."""

    version: int
    cells: int


class FormerTitle(NamedTuple):
    """What a form was called, to the last day of that title."""

    title_vi: str
    last_day: date


@dataclass(frozen=True)
class FormVersion(Dated):
    """
    A list of cells in a fixed order, who owes it and for which periods.

    It may extend versions of the same days: begin with their cells and have others behind. What
    was reported by one of these is read as a report that leaves the others out.

    `owed_by` holds the levels that report it everywhere (a committee may add others, see
    ``mandates.py``); units of a type in `voluntary` may report but owe nothing. `body` is the body
    of an area whose report it is, see ``reporting_bodies.py``. `regimes` maps a regime to the kinds
    of period the form may be reported in. Two form versions are equal when code and version are.
    """

    code: str
    version: int
    title_vi: str = field(compare=False)
    valid_from: date = field(compare=False)
    valid_to: date | None = field(compare=False)
    owed_by: frozenset[str] = field(compare=False)
    regimes: Mapping[str, frozenset[str]] = field(compare=False)
    cells: tuple[Cell, ...] = field(compare=False)
    groups: tuple[SplitGroup, ...] = field(compare=False)
    voluntary: frozenset[str] = field(compare=False, default=frozenset())
    extends: tuple[ExtendedVersion, ...] = field(compare=False, default=())
    body: str | None = field(compare=False, default=None)
    former_titles: tuple[FormerTitle, ...] = field(compare=False, default=())

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Index of each cell by its key."""
        return {cell.key: index for index, cell in enumerate(self.cells)}

    @cached_property
    def fingerprint(self) -> str:
        """What the cells and their order come to: sixteen digits that change when either does."""
        keys = "\n".join(cell.key for cell in self.cells)
        return sha256(keys.encode()).hexdigest()[:_FINGERPRINT_DIGITS]

    def title(self, on: date) -> str:
        """Return what the form is called on a day: the law's words changed with the units."""
        former = [it for it in self.former_titles if on <= it.last_day]
        return min(former, key=lambda it: it.last_day).title_vi if former else self.title_vi

    def reads(self, version: int) -> bool:
        """Return whether what was reported by a version is read by this one."""
        return version in (self.version, *(it.version for it in self.extends))

    def earlier(self) -> Iterator["FormVersion"]:
        """Yield the versions that this one extends."""
        for version, cells in self.extends:
            own = frozenset(self.cells[:cells])
            yield replace(
                self,
                version=version,
                cells=self.cells[:cells],
                groups=tuple(
                    replace(it, cells=cells_then)
                    for it in self.groups
                    if (cells_then := tuple(cell for cell in it.cells if cell in own))
                ),
                extends=(),
            )

    def oldest_with(self, cells: Iterable[str]) -> int:
        """Return the number of the oldest version that has all of these cells."""
        last = max((self.position[it] for it in cells), default=0)
        return min((it.version for it in self.extends if last < it.cells), default=self.version)

    def may_report(self, level: str) -> bool:
        """Return whether a unit of this level may report the form, owed or not."""
        return level in self.owed_by

    def owes(self, level: str, unit_type: str) -> bool:
        """Return whether a unit of this level and type must report the form."""
        return level in self.owed_by and unit_type not in self.voluntary

    def valid_in(self, period: Period) -> bool:
        """Return whether this is a version for a period: in force on its last day."""
        return self.span.contains(period.last_day)

    def accepts(self, period: Period) -> bool:
        """
        Return whether the form may be reported for a period of this regime and kind.

        A form that is reported for years is one for the windows of committees.
        """
        if period.is_window:
            return any("year" in kinds for kinds in self.regimes.values())
        return period.kind in self.regimes.get(period.regime, frozenset())
