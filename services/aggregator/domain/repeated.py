"""
Figures that one reporter states on two forms of one period, of which one counts.

A commune is asked for donated land on F01 and on F05. A total of both forms takes the figure of
the indicator's home form; that of the other form only where the home form does not state it,
because it was never sent, is withdrawn, or has null there (decision 19). Totals are kept by form,
so the figures that do not count are found from who states what, and taken off again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.reporters import ReportGroup
from shared.reference.directory import Directory
from shared.reference.periods import Period


class RepeatedFigure(NamedTuple):
    """A figure on one form that reports of the same units on another form go before."""

    units: frozenset[str]
    form: str
    period: str
    position: int


@dataclass(frozen=True, slots=True)
class ReportsOfForm:
    """The current reports by one of the forms of a question."""

    layout: Layout
    groups: Sequence[ReportGroup]

    def stating(self, cell: str) -> frozenset[str]:
        """Return the units that state a cell."""
        position = self.layout.form.position[cell]
        return _all(it.units for it in self.groups if position not in it.missing)


def repeated_figures(
    period: Period, forms: Iterable[ReportsOfForm], directory: Directory
) -> Iterator[RepeatedFigure]:
    """Yield the figures of a period that do not count beside those of another of its forms."""
    by_level = _UnitsByLevel(period, directory)
    for cell, asking in _asked_twice(forms).items():
        stating = {it.layout.form.code: it.stating(cell) for it in asking}
        position = {it.layout.form.code: it.layout.form.position[cell] for it in asking}
        indicator = asking[0].layout.indicators[asking[0].layout.form.position[cell]]
        twice = _all(one & other for one, other in combinations(stating.values(), 2))
        for level, units in by_level.of(twice).items():
            counted = frozenset[str]()
            for form in filter(stating.__contains__, indicator.forms_in_order(level)):
                if repeated := units & counted & stating[form]:
                    yield RepeatedFigure(repeated, form, period.code, position[form])
                counted |= stating[form]


def _asked_twice(forms: Iterable[ReportsOfForm]) -> Mapping[str, Sequence[ReportsOfForm]]:
    """Return the cells that add up over units and that several of the forms ask for."""
    asking: dict[str, list[ReportsOfForm]] = {}
    for form in forms:
        for indicator, key in zip(form.layout.indicators, form.layout.keys, strict=True):
            if indicator.additive and form.groups:
                asking.setdefault(key, []).append(form)
    return {key: it for key, it in asking.items() if len(it) > 1}


class _UnitsByLevel:
    """Units of a period by their levels; nearly always the same units, cell after cell."""

    def __init__(self, period: Period, directory: Directory) -> None:
        self._day = period.last_day
        self._directory = directory
        self._known: dict[frozenset[str], Mapping[str, frozenset[str]]] = {}

    def of(self, units: frozenset[str]) -> Mapping[str, frozenset[str]]:
        """Return the units by level; one that the directory has lost has none."""
        if units not in self._known:
            by_level: dict[str, set[str]] = {}
            for unit in units:
                state = self._directory.get(unit, self._day)
                by_level.setdefault(state.level if state else "", set()).add(unit)
            self._known[units] = {level: frozenset(it) for level, it in by_level.items()}
        return self._known[units]


def _all(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*parts)
