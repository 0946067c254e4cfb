"""The ledger's rows of a question as stated figures and reporters."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.question import Question, ScopeSlice
from services.aggregator.domain.repeated import RepeatedFigure, ReportsOfForm, repeated_figures
from services.aggregator.domain.reporters import FormReporters, Reporters, ReportGroup
from services.aggregator.domain.scopes import owing
from services.aggregator.domain.stated_figures import (
    CellAmount,
    PeriodTotals,
    StatedFigures,
    amounts,
)
from services.aggregator.domain.withholding import Withheld, withheld_cells
from shared.reference.directory import Directory
from shared.reference.levels import BASES, base_of
from shared.reference.periods import Period


class FormPeriod(NamedTuple):
    """The codes of a form and of a period."""

    form: str
    period: str


@dataclass(frozen=True, slots=True)
class AreaRows:
    """
    The rows that count in one slice of a question.

    ``totals`` are sums, ``reports`` the units that reported, with the figures they lack.
    ``divided`` are reports of units that are not separable; their figures do not count. Nor do the
    ``repeated``, though they are in the totals: amounts below zero that take them off again.
    """

    slice_: ScopeSlice
    totals: list[PeriodTotals] = field(default_factory=list)
    reports: dict[FormPeriod, list[ReportGroup]] = field(default_factory=dict)
    divided: dict[FormPeriod, list[ReportGroup]] = field(default_factory=dict)
    repeated: list[CellAmount] = field(default_factory=list)
    base: str | None = None
    """The type of base of the only reporters that count here."""

    def of_base(self, base: str, directory: Directory) -> "AreaRows":
        """
        Return the rows of the reporters of one type of base.

        A report is of the type that it was accepted with, who owed one of the type of the day.
        """
        day = max(self.slice_.forms).last_day
        scope = self.slice_.scope
        divided = _of_base(base, scope.not_separable, directory, day)
        of_base = replace(scope, not_separable=tuple(sorted(divided)))
        return replace(
            self,
            slice_=replace(self.slice_, scope=of_base),
            totals=[it for it in self.totals if base_of(it.unit_type) == base],
            divided={
                form: [it for it in groups if it.units & divided]
                for form, groups in self.divided.items()
            },
            repeated=[it for it in self.repeated if base_of(it.unit_type) == base],
            base=base,
        )

    def owing(self, layout: Layout, period: Period, directory: Directory) -> frozenset[str]:
        """Return the units that owed a form for a period, and count here."""
        units = owing(directory, layout.form, period, self.slice_.scope)
        return _of_base(self.base, units, directory, period.last_day) if self.base else units

    def repetitions(self, directory: Directory) -> list[RepeatedFigure]:
        """Return the figures that do not count beside those of another form of the question."""
        return [
            figure
            for period, layouts in self.slice_.forms.items()
            if len(layouts) > 1
            for figure in repeated_figures(
                period,
                [
                    ReportsOfForm(it, self.reports.get(FormPeriod(it.form.code, period.code), ()))
                    for it in layouts
                ],
                directory,
            )
        ]


def stated_figures(question: Question, area_rows: Iterable[AreaRows]) -> StatedFigures:
    """Return the amounts that were reported, and the cells that are withheld."""
    withheld: dict[str, dict[Period, Withheld]] = {}
    totals: list[PeriodTotals] = []
    repeated: list[CellAmount] = []
    for rows in area_rows:
        totals += rows.totals
        repeated += rows.repeated
        scope = rows.slice_.scope
        for period, layout in rows.slice_:
            divided = rows.divided.get(FormPeriod(layout.form.code, period.code), ())
            cells = withheld_cells(layout, period, scope, question.reference.directory, divided)
            for cell, reason in cells.items():
                withheld.setdefault(cell, {})[period] = reason
    return StatedFigures(amounts(totals, question.reference.catalogue, repeated), withheld)


def reporters(question: Question, area_rows: Iterable[AreaRows]) -> Reporters:
    """Return the units that reported each figure, and those that owed it."""
    directory = question.reference.directory
    return Reporters(
        FormReporters(
            layout,
            period,
            rows.owing(layout, period, directory),
            rows.reports.get(FormPeriod(layout.form.code, period.code), ()),
        )
        for rows in area_rows
        for period, layout in rows.slice_
    )


def bases(question: Question, area_rows: Iterable[AreaRows]) -> list[str]:
    """Return the types of base of all who owed or reported anything, in their order."""
    directory = question.reference.directory
    found: set[str] = set()
    for rows in area_rows:
        found.update(base_of(it.unit_type) for it in rows.totals if it.totals.reports)
        for period, layout in rows.slice_:
            owing = rows.owing(layout, period, directory)
            found.update(_base_on(unit, directory, period.last_day) for unit in owing)
    return [it for it in BASES if it in found]


def _of_base(base: str, units: Iterable[str], directory: Directory, day: date) -> frozenset[str]:
    return frozenset(unit for unit in units if _base_on(unit, directory, day) == base)


def _base_on(unit: str, directory: Directory, day: date) -> str:
    """Return the type of base that a unit is of on a day, "" for one that the directory lost."""
    state = directory.get(unit, day)
    return base_of(state.type) if state else ""
