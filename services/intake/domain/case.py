"""One submission laid out for the rules: what it names, looked up, and its figures as integers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.knowledge import Knowledge, Plan
from services.intake.domain.remarks import Remark
from services.intake.domain.structure import Report
from shared.contracts.reports import ReportSubmitted
from shared.domain.directory import Unit
from shared.domain.figures import to_units
from shared.domain.periods import Period, parse_period


@dataclass(frozen=True, slots=True)
class Case:
    """
    What the rules look at.

    ``units`` holds the figures of known cells in their smallest unit; ``unfit`` the cells whose
    value is of the wrong kind, so that one mistake is not reported by every rule.
    """

    report: Report
    received_at: datetime
    carried_in: int
    knowledge: Knowledge
    unit: Unit | None
    period: Period | None
    plan: Plan | None
    figures: Mapping[str, int | str | None]
    qualifiers: Mapping[str, str]
    units: Mapping[str, int | None]
    unfit: frozenset[str]

    def amounts(self, *cells: str) -> tuple[int | None, ...] | None:
        """
        Return the figures of some cells, None for what is not reported.

        Returns None altogether when one of them is "more than" or "about" a number, or unfit:
        such figures can neither agree nor disagree with others.
        """
        if (self.qualifiers or self.unfit) and any(
            cell in self.qualifiers or cell in self.unfit for cell in cells
        ):
            return None
        return tuple(map(self.units.get, cells))

    def label(self, cell: str) -> str:
        """Return the Vietnamese name of a cell of the form."""
        indicator = self.plan.indicators.get(cell) if self.plan else None
        return indicator.label_vi if indicator else cell


Rule = Callable[[Case], Iterator[Remark]]


def lay_out(report: Report, received_at: datetime, carried_in: int, knowledge: Knowledge) -> Case:
    """Look up what a report names and turn its figures into integers."""
    period = parse_period(report.period)
    plan = None if period is None else knowledge.plan(report.form, period)
    figures = report.figures if isinstance(report, ReportSubmitted) else {}
    units, unfit = ({}, frozenset[str]()) if plan is None else _units(plan, figures)
    return Case(
        report=report,
        received_at=received_at,
        carried_in=carried_in,
        knowledge=knowledge,
        unit=knowledge.directory.get(report.unit),
        period=period,
        plan=plan,
        figures=figures,
        qualifiers=report.qualifiers if isinstance(report, ReportSubmitted) else {},
        units=units,
        unfit=unfit,
    )


def _units(
    plan: Plan, figures: Mapping[str, int | str | None]
) -> tuple[dict[str, int | None], frozenset[str]]:
    units: dict[str, int | None] = {}
    unfit = []
    for key, value in figures.items():
        scale = plan.scales.get(key)
        if scale is None:
            continue
        if value is None or isinstance(value, int if scale == 0 else str):
            units[key] = to_units(value, scale)
        else:
            unfit.append(key)
    return units, frozenset(unfit)
