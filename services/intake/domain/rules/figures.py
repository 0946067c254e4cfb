"""Rules about what figures say (docs/DOMAIN.md). A violation has its rule's name as code."""

from collections.abc import Iterator
from decimal import Decimal

from services.intake.domain.case import Case
from services.intake.domain.rule import rule
from services.intake.domain.rule_context import CompleteSplit, StockCells
from services.intake.domain.violations import MessageValue, Phrase, Violation
from shared.reference.catalogue import Indicator, Measure
from shared.reference.figures import to_decimal


@rule("R1", source="Ninh Bình 2023: 421 new, 1.635 in all", basis="custom")
def stock_balance(case: Case) -> Iterator[Violation]:
    """
    R1: closing = opening + new - removed, for the whole and for each field (Ninh Bình 2023).

    Where the number removed is not known, it must at least not come out negative.
    """
    for balance in _balances(case):
        amounts = case.amounts(balance.opening, balance.new, balance.removed, balance.closing)
        if amounts is None or amounts[0] is None or amounts[1] is None or amounts[3] is None:
            continue
        given = amounts[0] + amounts[1]
        if amounts[2] is None:
            agrees = given >= amounts[3] or not balance.whole  # by field only when all are given
        else:
            agrees = given - amounts[2] == amounts[3]
        if not agrees:
            values: dict[str, MessageValue] = {
                "label": case.label(balance.closing),
                "opening": amounts[0],
                "new": amounts[1],
                "closing": amounts[3],
                "expected": given - (amounts[2] or 0),
            }
            wording = "stock_balance_bound"
            if amounts[2] is not None:
                wording, values["removed"] = "", amounts[2]
            field = f"figures.{balance.closing}"
            yield Violation("stock_balance", field, values, wording=wording)


@rule("R1", source="Ninh Bình 2023: some of the models were removed", basis="custom")
def removed_within_available(case: Case) -> Iterator[Violation]:
    """R1: nobody can strike off more models than there were and became (golden.yaml, 37.1)."""
    for balance in _balances(case):
        amounts = case.amounts(balance.opening, balance.new, balance.removed)
        if amounts is None or amounts[0] is None or amounts[1] is None or amounts[2] is None:
            continue
        available = amounts[0] + amounts[1]
        if amounts[2] > available:
            values = {"removed": amounts[2], "available": available}
            yield Violation("removed_within_available", f"figures.{balance.removed}", values)


@rule("R3", source="Đất Đỏ 2023: 147 + 54 = 201; Hải Dương 2020: 342", basis="custom")
def split_sums_to_total(case: Case) -> Iterator[Violation]:
    """
    R3: the parts of a complete breakdown sum to the whole (147 + 54 = 201; 327 + 1 + 14 = 342).

    What a unit cannot classify goes into "không phân loại" where the breakdown has it; elsewhere a
    part that is not reported may hold the rest.
    """
    for group, total, parts, open_ended in _breakdowns(case):
        short = total is None or parts < total
        if parts != total and not (open_ended and short):
            yield _does_not_sum(case, "split_sums_to_total", group, parts, total)


@rule(
    "R3",
    "warn",
    source="Đà Nẵng 2023: 130 projects, 25 of them with faults, the others not sorted",
    basis="custom",
)
def parts_short_of_total(case: Case) -> Iterator[Violation]:
    """R3: tell that the parts reported do not make up the whole, where others are not reported."""
    for group, total, parts, open_ended in _breakdowns(case):
        if open_ended and (total is None or parts < total):
            yield _does_not_sum(case, "parts_short_of_total", group, parts, total)


def _breakdowns(case: Case) -> Iterator[tuple[CompleteSplit, int | None, int, bool]]:
    """
    List the breakdowns of which a part is reported, with the whole and the sum of the parts.

    The last says whether the rest may be in a part that is not reported.
    """
    for group in case.compiled.groups if case.compiled else ():
        if group.parts.isdisjoint(case.units):
            continue
        amounts = case.amounts(group.total, *group.parts)
        if amounts is None:
            continue
        parts = [part for part in amounts[1:] if part is not None]
        if parts:
            open_ended = len(parts) < len(group.parts) and not group.unclassified
            yield group, amounts[0], sum(parts), open_ended


def _does_not_sum(
    case: Case, code: str, group: CompleteSplit, parts: int, total: int | None
) -> Violation:
    scale = case.compiled.indicators[group.total].scale if case.compiled else 0
    values: dict[str, MessageValue] = {
        "label": case.label(group.total),
        "dimensions": tuple(Phrase(f"by_{it}") for it in group.dimensions),
        "parts": _shown(parts, scale),
    }
    field = f"figures.{group.total}"
    if total is None:
        return Violation(code, field, values, wording="split_without_total")
    values["total"] = _shown(total, scale)
    values["advice"] = Phrase("use_unclassified") if group.unclassified else ""
    return Violation(code, field, values)


@rule(
    "R7",
    "warn",
    source="Long An: 251 recognised over 2021-2023, 963 at the end of 2023",
    basis="custom",
    cells=("dvk_models_recognised", "dvk_models_total"),
)
def recognised_within_total(case: Case) -> Iterator[Violation]:
    """R7, a warning: Long An recognises over three years and counts the stock at one close."""
    amounts = case.amounts("dvk_models_recognised", "dvk_models_total")
    if amounts is None or amounts[0] is None or amounts[1] is None or amounts[0] <= amounts[1]:
        return
    values = {"recognised": amounts[0], "total": amounts[1]}
    yield Violation("recognised_within_total", "figures.dvk_models_recognised", values)


@rule(
    "C1",
    source="the scales of PAR INDEX, SIPAS, PCI (100) and PAPI (80)",
    basis="custom",
    applies_if=Case.asks_for_bounded,
)
def score_bounds(case: Case) -> Iterator[Violation]:
    """Refuse a score beyond its scale: 0 to 100, PAPI 0 to 80."""
    for key, indicator, value in _bounded(case, Measure.SCORE):
        if indicator.maximum is not None and value > indicator.maximum:
            values = {
                "label": case.label(key),
                "value": _shown(value, 2),
                "most": _shown(indicator.maximum, 2),
            }
            yield Violation("score_bounds", f"figures.{key}", values)


@rule(
    "C2",
    source="63 provinces; 34 since Resolution 202/2025/QH15",
    basis="law",
    applies_if=Case.asks_for_bounded,
)
def rank_bounds(case: Case) -> Iterator[Violation]:
    """Refuse a rank beyond the number of provinces of that year: 63 to 2024, 34 from 2025."""
    for key, indicator, value in _bounded(case, Measure.RANK):
        among = indicator.ranked_among(case.period.year) if case.period else None
        if value < 1 or (among is not None and value > among):
            most = among or Phrase("number_of_provinces")
            values: dict[str, MessageValue] = {
                "label": case.label(key),
                "value": value,
                "most": most,
            }
            yield Violation("rank_bounds", f"figures.{key}", values)


@rule("C3", source="PAPI publishes four groups", basis="custom", applies_if=Case.asks_for_bounded)
def category_bounds(case: Case) -> Iterator[Violation]:
    """Refuse a group that the index does not have: PAPI 1 to 4."""
    for key, indicator, value in _bounded(case, Measure.CATEGORY):
        if value < 1 or (indicator.maximum is not None and value > indicator.maximum):
            values: dict[str, MessageValue] = {
                "label": case.label(key),
                "value": value,
                "most": indicator.maximum or 1,
            }
            yield Violation("category_bounds", f"figures.{key}", values)


@rule(
    "C8",
    source="the catalogue: a yes or no is 1 or 0",
    basis="default",
    applies_if=Case.asks_for_bounded,
)
def yes_or_no(case: Case) -> Iterator[Violation]:
    """Refuse a number above 1 where a unit says only whether it has something: a total counts."""
    for key, indicator, value in _bounded(case, Measure.STOCK_LAST):
        if indicator.yes_or_no and value > 1:
            values: dict[str, MessageValue] = {"label": case.label(key), "value": value}
            yield Violation("yes_or_no", f"figures.{key}", values)


def _balances(case: Case) -> list[StockCells]:
    """List the balances of which anything at all is reported."""
    return (
        [it for it in case.compiled.balances if it.opening in case.units] if case.compiled else []
    )


def _bounded(case: Case, measure: Measure) -> list[tuple[str, Indicator, int]]:
    compiled = case.compiled
    return [
        (key, compiled.indicators[key], value)
        for key in (compiled.bounded if compiled else ())
        if compiled
        and compiled.indicators[key].measure is measure
        and (value := case.units.get(key)) is not None
    ]


def _shown(units: int, scale: int) -> int | Decimal:
    return units if scale == 0 else to_decimal(units, scale)
