"""Who reported a figure, and who should have: what ``reported_by`` and ``expected`` count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.aggregator.domain.layouts import Layout
from shared.domain.periods import Period

Units = frozenset[str]


@dataclass(frozen=True, slots=True)
class Filed:
    """Units whose current reports leave out the same figures, by position."""

    units: Units
    missing: frozenset[int]


@dataclass(frozen=True)
class FormFiled:
    """One form for one period: the units that owe it, and what was filed."""

    layout: Layout
    period: Period
    owing: Units
    filed: Sequence[Filed]


class Reporters:
    """Answers for one selection of forms and periods; equal questions are counted once."""

    def __init__(self, forms: Iterable[FormFiled]) -> None:
        self._by_period: dict[Period, list[FormFiled]] = {}
        for form in forms:
            self._by_period.setdefault(form.period, []).append(form)
        self._counted: dict[object, tuple[int, int]] = {}

    def of(self, cells: Sequence[str], periods: Iterable[Period]) -> tuple[int, int]:
        """
        Return how many units reported all *cells*, and how many should have.

        A unit should have when it owes, in any of the periods, a form that holds the cell. It
        counts as having reported only when it did so in every period in which it should have, so
        completeness is never overstated. Who owes nothing never counts, whatever it sent.
        """
        found = [self._in_period(cells, period) for period in periods]
        question = tuple(signature for signature, _ in found)
        if question not in self._counted:
            self._counted[question] = _count([forms for _, forms in found])
        return self._counted[question]

    def _in_period(
        self, cells: Sequence[str], period: Period
    ) -> tuple[object, list[list["_Holding"]]]:
        forms = [self._holding(cell, period) for cell in cells]
        return tuple(tuple(it.signature for it in holding) for holding in forms), forms

    def _holding(self, cell: str, period: Period) -> list["_Holding"]:
        return [
            _Holding(form, form.layout.form.position[cell])
            for form in self._by_period.get(period, ())
            if cell in form.layout.form.position
        ]


@dataclass(frozen=True, slots=True)
class _Holding:
    """A form that holds a cell, at a position."""

    form: FormFiled
    position: int

    @property
    def signature(self) -> object:
        """What the answer depends on: the form, and which of its reports leave the cell out."""
        without = tuple(n for n, it in enumerate(self.form.filed) if self.position in it.missing)
        return self.form.layout.form.code, self.form.period.code, without

    def reported(self) -> Units:
        """Return the units that owe the form and whose report states the figure."""
        stating = [it.units for it in self.form.filed if self.position not in it.missing]
        return self.form.owing.intersection(frozenset[str]().union(*stating))


def _count(periods: Sequence[Sequence[Sequence[_Holding]]]) -> tuple[int, int]:
    expected: set[str] = set()
    lacking: set[str] = set()
    for cells in periods:
        owing = set[str]().union(*(it.form.owing for holding in cells for it in holding))
        expected |= owing
        for holding in cells:
            lacking |= owing.difference(*(it.reported() for it in holding))
    return len(expected - lacking), len(expected)
