"""One submission laid out for the rules: what it names, looked up, and its figures as integers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from services.intake.domain.history import NO_HISTORY, UnitHistory
from services.intake.domain.measures import ENTRY_UNITS, convert, units_for
from services.intake.domain.parsing import SubmissionEvent
from services.intake.domain.rule_context import CompiledForm, RuleContext
from shared.contracts.reports import HandoverSubmitted, ReportSubmitted
from shared.reference.catalogue import Indicator
from shared.reference.directory import Unit
from shared.reference.figures import UNITS_MAX, to_units
from shared.reference.periods import Period

SentFigures = Mapping[str, int | str | None]
Misfit = Literal["wrong_kind", "not_exact", "amount_too_large"]
"""Why a value is no figure of its cell."""


@dataclass(frozen=True, slots=True)
class Case:
    """
    What the rules look at.

    ``unit`` is the state of the unit on the last day of the period, or the nearest to it.
    ``units`` holds the figures of known cells in their smallest unit; ``unfit`` the cells whose
    value is no figure of theirs, so that one mistake is not reported by every rule.
    """

    report: SubmissionEvent
    received_at: datetime
    history: UnitHistory
    context: RuleContext
    unit: Unit | None
    period: Period | None
    compiled: CompiledForm | None
    figures: SentFigures
    qualifiers: Mapping[str, str]
    entered_in: Mapping[str, str]
    units: Mapping[str, int | None]
    unfit: Mapping[str, Misfit]

    def has_misfits(self) -> bool:
        """Tell whether a value is no figure of its cell."""
        return bool(self.unfit)

    def has_entry_units(self) -> bool:
        """Tell whether an amount names the unit of measure that it is entered in."""
        return bool(self.entered_in)

    def has_qualifiers(self) -> bool:
        """Tell whether a figure is "more than" or "about" a number."""
        return bool(self.qualifiers)

    def asks_for_bounded(self) -> bool:
        """Tell whether the form has scores, ranks, categories, or a yes or no."""
        return self.compiled is not None and bool(self.compiled.bounded)

    def has_history(self) -> bool:
        """Tell whether anything is known beside the report."""
        return self.history is not NO_HISTORY

    def exact(self, cell: str) -> int | None:
        """Return a figure, None when it is not reported, "more than" or "about", or unfit."""
        if cell in self.qualifiers or cell in self.unfit:
            return None
        return self.units.get(cell)

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

    def field(self, cell: str) -> str:
        """Return where in the submission a figure stands."""
        place = "openings" if isinstance(self.report, HandoverSubmitted) else "figures"
        return f"{place}.{cell}"

    def period_label(self) -> str:
        """Return what people call the period; its code where it is none."""
        return self.context.regimes.label_vi(self.period) if self.period else self.report.period

    def label(self, cell: str) -> str:
        """Return what people call a cell."""
        return self.context.catalogue.label(cell)


def lay_out(
    report: SubmissionEvent, received_at: datetime, history: UnitHistory, context: RuleContext
) -> Case:
    """Look up what a report names and turn its figures into integers."""
    period = context.regimes.find(report.period)
    compiled = None if period is None else context.compiled(report.form, period)
    figures, qualifiers, entered_in = _content(report)
    units, unfit = (
        ({}, {}) if compiled is None else to_smallest_units(compiled, figures, entered_in)
    )
    return Case(
        report=report,
        received_at=received_at,
        history=history,
        context=context,
        unit=context.directory.get(report.unit, period.last_day if period else None),
        period=period,
        compiled=compiled,
        figures=figures,
        qualifiers=qualifiers,
        entered_in=entered_in,
        units=units,
        unfit=unfit,
    )


def _content(report: SubmissionEvent) -> tuple[SentFigures, Mapping[str, str], Mapping[str, str]]:
    if isinstance(report, ReportSubmitted):
        return report.figures, report.qualifiers, report.entered_in
    return (report.openings if isinstance(report, HandoverSubmitted) else {}), {}, {}


def to_smallest_units(
    compiled: CompiledForm, figures: SentFigures, entered_in: Mapping[str, str]
) -> tuple[dict[str, int | None], dict[str, Misfit]]:
    """Return the figures of a form's cells in their smallest units, and what does not fit."""
    units: dict[str, int | None] = {}
    unfit: dict[str, Misfit] = {}
    for key, value in figures.items():
        scale = compiled.scales.get(key)
        if scale is None:
            continue
        if value is None or isinstance(value, int if scale == 0 else str):
            try:
                units[key] = to_units(value, scale)
            except ValueError:
                unfit[key] = "not_exact"  # the contract's limit on digits is below 2^53 hundredths
        else:
            unfit[key] = "wrong_kind"
    for key, unit in entered_in.items():
        value, indicator = figures.get(key), compiled.indicators.get(key)
        if value is not None and indicator is not None and unit in units_for(indicator):
            units.pop(key, None)
            unfit.pop(key, None)
            try:
                units[key] = convert(value, unit, indicator)
            except ValueError:
                unfit[key] = _misfit(value, unit, indicator)
    return units, unfit


def _misfit(value: int | str, unit: str, indicator: Indicator) -> Misfit:
    """Tell an amount that is too fine to be kept from one that is too large."""
    amount = Decimal(value) * ENTRY_UNITS[unit].times * 10**indicator.scale
    return "amount_too_large" if amount > UNITS_MAX else "not_exact"
