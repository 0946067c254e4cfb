"""Rules about the cells of a form and their values. A violation has its rule's name as code."""

from collections.abc import Iterator
from decimal import Decimal

from services.intake.domain.case import Case, Misfit
from services.intake.domain.figure_text import is_grouped
from services.intake.domain.measures import ENTRY_UNITS, units_for
from services.intake.domain.rule import rule
from services.intake.domain.violations import MessageValue, Phrase, Violation, printable
from shared.contracts.reports import ReportSubmitted
from shared.reference.catalogue import Measure


@rule("S8", source="the catalogue: cells of the form version", basis="default")
def unknown_cell(case: Case) -> Iterator[Violation]:
    """Refuse a figure without a cell in the form version; a misspelt name is a lost figure."""
    if case.compiled is None or case.compiled.cells.issuperset(case.figures):
        return
    unknown = case.figures.keys() - case.compiled.cells
    for key in sorted(unknown.difference(_out_of_place(case))):
        cell = printable(key)  # a name may be as long as a body
        yield Violation("unknown_cell", case.field(cell), {"cell": cell, "form": case.report.form})


@rule("R12", source="Hà Nội 2022: PAR INDEX and SIPAS are looked up", basis="custom")
def not_additive(case: Case) -> Iterator[Violation]:
    """R12: an index, a rank or a group exists for a province and cannot be added up from below."""
    for key in _out_of_place(case):
        label = case.context.catalogue.indicators[_indicator_code(key)].label_vi
        yield Violation("not_additive", f"figures.{printable(key)}", {"label": label})


@rule(
    "R14",
    source="ours: counts are JSON integers, decimals are texts",
    basis="default",
    applies_if=Case.has_misfits,
)
def wrong_kind(case: Case) -> Iterator[Violation]:
    """R14: a count is a JSON integer; a score, a rate or an area is a decimal in a string."""
    for key, value in _misfits(case, "wrong_kind"):
        wanted = Phrase("a_decimal_text" if isinstance(value, int) else "a_whole_number")
        values: dict[str, MessageValue] = {
            "label": case.label(key),
            "value": str(value),
            "wanted": wanted,
        }
        yield Violation("wrong_kind", case.field(key), values)


@rule("R13", source="TP.HCM 2024: land was donated, the area not stated", basis="default")
def missing_required(case: Case) -> Iterator[Violation]:
    """R13: a first-priority figure is a number or an explicit null, "chưa báo cáo", not absent."""
    for key in case.compiled.required if case.compiled else ():
        if key not in case.figures:
            yield Violation("missing_required", f"figures.{key}", {"label": case.label(key)})


@rule("R13", source="ours: a report of nothing is not a report", basis="default")
def empty_report(case: Case) -> Iterator[Violation]:
    """R13: a report in which nothing is reported would count as one that arrived."""
    if isinstance(case.report, ReportSubmitted) and all(
        value is None for value in case.figures.values()
    ):
        yield Violation("empty_report", "figures")


@rule("S10", source="Hà Nội 2023: hơn 20.000", basis="default", applies_if=Case.has_qualifiers)
def qualifier_without_figure(case: Case) -> Iterator[Violation]:
    """Refuse a qualifier that speaks of no number in the report; a stray one is a lost "hơn"."""
    for key in case.qualifiers:
        if case.figures.get(key) is None:
            cell = printable(key)
            yield Violation("qualifier_without_figure", f"qualifiers.{cell}", {"cell": cell})


@rule("S9", source="the catalogue: the district level ended on 30/06/2025", basis="law")
def code_not_in_force(case: Case) -> Iterator[Violation]:
    """Refuse a figure for a code that had ended, or not begun, on any day of the period."""
    for key, code in case.compiled.dated if case.compiled else ():
        if case.units.get(key) is None or case.period is None or code.in_force(case.period):
            continue
        values = {"label": case.label(key), "code": code.label_vi, "period": case.period_label()}
        yield Violation("code_not_in_force", case.field(key), values)


@rule(
    "R14",
    source="ours: m² to two decimals, whole đồng, exactly what was sent",
    basis="default",
    applies_if=Case.has_misfits,
)
def not_exact(case: Case) -> Iterator[Violation]:
    """R14: an amount finer than the smallest unit that is kept is refused, never rounded."""
    for key, value in _misfits(case, "not_exact"):
        yield Violation("not_exact", case.field(key), _amount(case, key, value))


@rule(
    "R14",
    source="RFC 8259 section 6: whole numbers are exact up to 2^53",
    basis="default",
    applies_if=Case.has_misfits,
)
def amount_too_large(case: Case) -> Iterator[Violation]:
    """R14: an amount that is beyond 2^53 of the smallest unit once converted."""
    for key, value in _misfits(case, "amount_too_large"):
        yield Violation("amount_too_large", case.field(key), _amount(case, key, value))


@rule(
    "R14",
    "warn",
    source="ours: 1.635 is 1635 to a Vietnamese reader",
    basis="default",
    applies_if=Case.has_entry_units,
)
def read_as_decimal(case: Case) -> Iterator[Violation]:
    """R14: say how a converted amount with three decimals was read, lest it be a thousandth."""
    for key in case.entered_in:
        value = case.figures.get(key)
        if isinstance(value, str) and is_grouped(value) and case.units.get(key) is not None:
            values = _amount(case, key, value) | {"read": Decimal(value)}
            yield Violation("read_as_decimal", case.field(key), values)


@rule(
    "S11",
    source="Ninh Bình 2014: 419,7 ha of land",
    basis="default",
    applies_if=Case.has_entry_units,
)
def entered_in_without_figure(case: Case) -> Iterator[Violation]:
    """Refuse a unit of measure that belongs to no number; a stray one is a lost figure."""
    for key in case.entered_in:
        if case.figures.get(key) is None:
            cell = printable(key)
            yield Violation("entered_in_without_figure", f"entered_in.{cell}", {"cell": cell})


@rule(
    "S11",
    source="Ninh Bình 2014: 419,7 ha of land",
    basis="default",
    applies_if=Case.has_entry_units,
)
def entered_in_wrong_kind(case: Case) -> Iterator[Violation]:
    """Refuse hectares of money and đồng of land; counts and scores are entered as they are."""
    for key, unit in case.entered_in.items():
        indicator = case.compiled.indicators.get(key) if case.compiled else None
        if indicator is None or case.figures.get(key) is None or unit in units_for(indicator):
            continue
        known = ", ".join(ENTRY_UNITS[it].label_vi for it in units_for(indicator))
        values: dict[str, MessageValue] = {
            "label": case.label(key),
            "unit": ENTRY_UNITS[unit].label_vi,
            "known": known or indicator.unit_of_measure,
        }
        yield Violation("entered_in_wrong_kind", f"entered_in.{key}", values)


def _misfits(case: Case, misfit: Misfit) -> list[tuple[str, int | str | None]]:
    """List the values that are no figures of their cells, for one reason, by cell."""
    return [(key, case.figures[key]) for key in sorted(case.unfit) if case.unfit[key] == misfit]


def _amount(case: Case, key: str, value: int | str | None) -> dict[str, MessageValue]:
    unit = case.entered_in.get(key)
    measure = case.compiled.indicators[key].measure if case.compiled else None
    smallest = "whole_dong" if measure is Measure.MONEY else "hundredths"
    return {
        "label": case.label(key),
        "value": str(value),
        "unit": f" {ENTRY_UNITS[unit].label_vi}" if unit else "",
        "smallest": Phrase(smallest),
    }


def _out_of_place(case: Case) -> list[str]:
    """List the figures of a unit below province level that only a province can have."""
    if case.unit is None or case.unit.level == "province":
        return []
    known = case.compiled.cells if case.compiled else frozenset[str]()
    found = list(case.compiled.provincial & case.figures.keys()) if case.compiled else []
    if not known.issuperset(case.figures):
        indicators = case.context.catalogue.indicators
        for key in case.figures.keys() - known:
            indicator = indicators.get(_indicator_code(key))
            if indicator is not None and indicator.at_province_only:
                found.append(key)
    return sorted(found)


def _indicator_code(key: str) -> str:
    return key.partition("[")[0]
