"""The units that reported a figure, and those that owed it: ``reported_by``, ``expected``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from services.aggregator.domain.layouts import Layout
from shared.reference.periods import Period

Units = frozenset[str]


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """The units whose current reports lack the same figures, by position."""

    units: Units
    missing: frozenset[int]


@dataclass(frozen=True, eq=False)
class CellReporters:
    """The units that owe a form for a period, and those of them whose report states a figure."""

    owing: Units
    stating: Units


@dataclass(frozen=True)
class FormReporters:
    """One form for one period: the units that owe it, and the reports of it."""

    layout: Layout
    period: Period
    owing: Units
    reports: Sequence[ReportGroup]
    _by_groups: dict[tuple[int, ...], CellReporters] = field(default_factory=dict)
    """By the numbers of the groups that lack the cell."""

    def of(self, cell: str) -> CellReporters | None:
        """Return the reporters of a cell, None when it is not in the form; equals are the same."""
        position = self.layout.form.position.get(cell)
        if position is None:
            return None
        without = self._without.get(position, ())
        if without not in self._by_groups:
            stating = [it.units for number, it in enumerate(self.reports) if number not in without]
            reporters = CellReporters(self.owing, self.owing.intersection(_all(stating)))
            self._by_groups[without] = reporters
        return self._by_groups[without]

    @cached_property
    def _without(self) -> Mapping[int, tuple[int, ...]]:
        """The numbers of the groups that lack a position; nearly always none."""
        without: dict[int, tuple[int, ...]] = {}
        for number, group in enumerate(self.reports):
            for position in group.missing:
                without[position] = (*without.get(position, ()), number)
        return without


class ReporterCount(NamedTuple):
    """The numbers of units that stated a figure: in some period, in every one owed; that owe it."""

    reported_by: int
    in_full: int
    expected: int


class Reporters:
    """The reporters of a selection of forms and periods; equal sets are counted once."""

    def __init__(self, forms: Iterable[FormReporters]) -> None:
        self._forms = list(forms)
        self._by_cell: dict[str, Mapping[str, tuple[CellReporters, ...]]] = {}
        self._counted: dict[object, ReporterCount] = {}

    def of(self, cells: Sequence[str], periods: Iterable[Period]) -> ReporterCount:
        """
        Count the units that stated all *cells*, and those expected to.

        A unit is expected when it owes, in any of the periods, a form that has a cell. It has
        reported in full when it stated all cells in every period in which it is expected. A unit
        that owes nothing never counts, whatever it sent.
        """
        by_cell = [self._of_cell(cell) for cell in cells]
        by_period = tuple(tuple(it.get(period.code, ()) for it in by_cell) for period in periods)
        if by_period not in self._counted:
            self._counted[by_period] = _count(by_period)
        return self._counted[by_period]

    def _of_cell(self, cell: str) -> Mapping[str, tuple[CellReporters, ...]]:
        """Return the reporters of a cell in each period, by any form."""
        if cell not in self._by_cell:
            by_period: dict[str, tuple[CellReporters, ...]] = {}
            for form in self._forms:
                if reporters := form.of(cell):
                    code = form.period.code
                    by_period[code] = (*by_period.get(code, ()), reporters)
            self._by_cell[cell] = by_period
        return self._by_cell[cell]


def _count(periods: Sequence[Sequence[Sequence[CellReporters]]]) -> ReporterCount:
    """Count over periods; each has the cells, each cell its reporters by form."""
    expected: set[str] = set()
    stating: set[str] = set()
    lacking: set[str] = set()
    for cells in periods:
        owing = _all(it.owing for of_cell in cells for it in of_cell)
        all_cells = owing.intersection(*(_all(it.stating for it in of_cell) for of_cell in cells))
        expected |= owing
        stating |= all_cells
        lacking |= owing - all_cells
    return ReporterCount(len(stating), len(expected - lacking), len(expected))


def _all(parts: Iterable[Units]) -> Units:
    return frozenset[str]().union(*parts)
