"""Who reported a figure, and who should have: what ``reported_by`` and ``expected`` count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from services.aggregator.domain.layouts import Layout
from shared.reference.periods import Period

Units = frozenset[str]


@dataclass(frozen=True, slots=True)
class FiledReports:
    """Units whose current reports leave out the same figures, by position."""

    units: Units
    missing: frozenset[int]


@dataclass(frozen=True, eq=False)
class Answering:
    """The units that owe a form for a period, and those of them whose report states a figure."""

    owing: Units
    stating: Units


@dataclass(frozen=True)
class FormReporters:
    """One form for one period: the units that owe it, and the reports of it."""

    layout: Layout
    period: Period
    owing: Units
    reports: Sequence[FiledReports]
    _answering: dict[tuple[int, ...], Answering] = field(default_factory=dict)

    def answering(self, cell: str) -> Answering | None:
        """Return who answers for a cell, None when it is not in the form; equals are the same."""
        position = self.layout.form.position.get(cell)
        if position is None:
            return None
        without = self._without.get(position, ())
        if without not in self._answering:
            stating = [it.units for number, it in enumerate(self.reports) if number not in without]
            answering = Answering(self.owing, self.owing.intersection(_all(stating)))
            self._answering[without] = answering
        return self._answering[without]

    @cached_property
    def _without(self) -> Mapping[int, tuple[int, ...]]:
        """Which of ``reports``, by number, leave a position out; nearly always none do."""
        without: dict[int, tuple[int, ...]] = {}
        for number, alike in enumerate(self.reports):
            for position in alike.missing:
                without[position] = (*without.get(position, ()), number)
        return without


class ReporterCount(NamedTuple):
    """How many units stated a figure in some period, in every one they owed it, and should have."""

    reported_by: int
    in_full: int
    expected: int


class Reporters:
    """Answers for one selection of forms and periods; equal questions are counted once."""

    def __init__(self, forms: Iterable[FormReporters]) -> None:
        self._forms = list(forms)
        self._by_cell: dict[str, Mapping[str, tuple[Answering, ...]]] = {}
        self._counted: dict[object, ReporterCount] = {}

    def of(self, cells: Sequence[str], periods: Iterable[Period]) -> ReporterCount:
        """
        Count the units that stated all *cells*, and those that should have.

        A unit should have when it owes, in any of the periods, a form that holds the cell. It
        counts as having reported in full only when it stated them in every period in which it
        should have. Who owes nothing never counts, whatever it sent.
        """
        by_cell = [self._answering(cell) for cell in cells]
        question = tuple(tuple(it.get(period.code, ()) for it in by_cell) for period in periods)
        if question not in self._counted:
            self._counted[question] = _count(question)
        return self._counted[question]

    def _answering(self, cell: str) -> Mapping[str, tuple[Answering, ...]]:
        """Return who answers for a cell in each period, through any form."""
        if cell not in self._by_cell:
            by_period: dict[str, tuple[Answering, ...]] = {}
            for form in self._forms:
                if answering := form.answering(cell):
                    code = form.period.code
                    by_period[code] = (*by_period.get(code, ()), answering)
            self._by_cell[cell] = by_period
        return self._by_cell[cell]


def _count(periods: Sequence[Sequence[Sequence[Answering]]]) -> ReporterCount:
    expected: set[str] = set()
    stating: set[str] = set()
    lacking: set[str] = set()
    for cells in periods:
        owing = _all(it.owing for answering in cells for it in answering)
        all_cells = owing.intersection(*(_all(it.stating for it in its) for its in cells))
        expected |= owing
        stating |= all_cells
        lacking |= owing - all_cells
    return ReporterCount(len(stating), len(expected - lacking), len(expected))


def _all(parts: Iterable[Units]) -> Units:
    return frozenset[str]().union(*parts)
