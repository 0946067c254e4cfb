"""The ledger's rows of a question as stated figures and reporters."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

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
            owing(directory, layout.form, period, rows.slice_.scope),
            rows.reports.get(FormPeriod(layout.form.code, period.code), ()),
        )
        for rows in area_rows
        for period, layout in rows.slice_
    )
