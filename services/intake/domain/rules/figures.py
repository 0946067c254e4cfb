"""Rules about what figures say (docs/DOMAIN.md). A violation has its rule's name as code."""

from collections.abc import Iterator
from decimal import Decimal

from services.intake.domain.case import Case
from services.intake.domain.history import HistoryPart
from services.intake.domain.parsing import SubmissionEvent
from services.intake.domain.rule import HistoryRead, rule
from services.intake.domain.rule_context import BACKLOGS, CompleteSplit, StockCells
from services.intake.domain.violations import MessageValue, Phrase, Violation
from shared.contracts.reports import ReportSubmitted
from shared.reference.catalogue import Indicator, Measure
from shared.reference.figures import Qualifier, rate_percent, to_decimal
from shared.reference.vietnamese import number, with_qualifier

RATE_TOLERANCE_HUNDREDTHS = 5
"""R6: a sent rate may differ by 0.05 from the rate that its own counts give."""

NOT_REPORTED = Phrase("not_reported")


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
                "removed": NOT_REPORTED if amounts[2] is None else amounts[2],
                "closing": amounts[3],
                "expected": given - (amounts[2] or 0),
            }
            yield Violation("stock_balance", f"figures.{balance.closing}", values)


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

    What a unit cannot classify goes into "không phân loại" where the breakdown has it.
    """
    for group in case.compiled.groups if case.compiled else ():
        if group.parts.isdisjoint(case.units):
            continue
        amounts = case.amounts(group.total, *group.parts)
        if amounts is None:
            continue
        total, parts = amounts[0], [part for part in amounts[1:] if part is not None]
        if parts and sum(parts) != total:
            yield _does_not_sum(case, group, sum(parts), total)


def _does_not_sum(case: Case, group: CompleteSplit, parts: int, total: int | None) -> Violation:
    scale = case.compiled.indicators[group.total].scale if case.compiled else 0
    values: dict[str, MessageValue] = {
        "label": case.label(group.total),
        "dimensions": ", ".join(group.dimensions),
        "parts": _shown(parts, scale),
        "total": NOT_REPORTED if total is None else _shown(total, scale),
        "advice": Phrase("use_unclassified") if group.unclassified else "",
    }
    return Violation("split_sums_to_total", f"figures.{group.total}", values)


def settles_more_than_arose(report: SubmissionEvent) -> bool:
    """Tell whether only the backlog of earlier periods can make a report agree with rule R5."""
    if not isinstance(report, ReportSubmitted):
        return False
    pairs = [(report.figures.get(a), report.figures.get(b)) for a, b in BACKLOGS]
    return any(isinstance(a, int) and isinstance(b, int) and b > a for a, b in pairs)


@rule(
    "R5",
    source="Hà Nội 2023: 1.446 of 1.566; Đắk Lắk: 118 of 138",
    basis="custom",
    reads=HistoryRead(HistoryPart.BACKLOG, settles_more_than_arose),
)
def resolved_within_detected(case: Case) -> Iterator[Violation]:
    """
    R5, and R4 for petitions: settled <= arisen + carried in from the unit's earlier periods.

    Without what was carried in, a case that is settled late would be refused (Hà Nội: 1.446 of
    1.566, Đắk Lắk: 118 of 138).
    """
    if case.compiled is None or case.compiled.backlog is None:
        return
    amounts = case.amounts(*case.compiled.backlog)
    if amounts is None or amounts[0] is None or amounts[1] is None:
        return
    arisen, settled = amounts[0], amounts[1]
    if settled > arisen + case.history.carried_in:
        values: dict[str, MessageValue] = {
            "label": case.label(case.compiled.backlog[1]),
            "settled": settled,
            "arisen": arisen,
            "carried_in": case.history.carried_in,
        }
        yield Violation("resolved_within_detected", f"figures.{case.compiled.backlog[1]}", values)


@rule("R6", source="Hà Nội 2023: 92,3%; Hải Dương 2020: 97,8%", basis="custom")
def rate_agrees(case: Case) -> Iterator[Violation]:
    """
    R6: |sent rate - 100·n/d, half up to one decimal| <= 0.05; without a denominator no rate.

    92,3 for 1.446 of 1.566; 97,8 for 1.050 of 1.074. A rate with a qualifier is a bound: "more than
    95%" is wrong for 87 of 100. The rate never serves to recover a count.
    """
    for ratio in case.compiled.ratios if case.compiled else ():
        sent, counts = case.units.get(ratio.rate), case.amounts(ratio.numerator, ratio.denominator)
        if sent is None or ratio.rate in case.unfit or counts is None:
            continue
        qualifier = Qualifier(case.qualifiers.get(ratio.rate, Qualifier.EXACT))
        numerator, denominator = counts
        expected = (
            None
            if numerator is None or denominator is None
            else rate_percent(numerator, denominator)
        )
        if not _rate_holds(sent, qualifier, expected):
            values: dict[str, MessageValue] = {
                "label": case.label(ratio.rate),
                "sent": with_qualifier(number(to_decimal(sent, 2)), qualifier),
                "expected": Phrase("no_rate") if expected is None else expected,
            }
            yield Violation("rate_agrees", f"figures.{ratio.rate}", values)


def _rate_holds(sent: int, qualifier: Qualifier, expected: Decimal | None) -> bool:
    """Tell whether a rate in hundredths agrees with that of its counts, as exactly as it says."""
    if expected is None:
        return qualifier is not Qualifier.EXACT
    above = sent - int(expected * 100)
    holds = {
        Qualifier.EXACT: abs(above) <= RATE_TOLERANCE_HUNDREDTHS,
        Qualifier.AT_LEAST: above <= RATE_TOLERANCE_HUNDREDTHS,
        Qualifier.AT_MOST: above >= -RATE_TOLERANCE_HUNDREDTHS,
    }
    return holds.get(qualifier, True)


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
    applies_if=Case.asks_for_scores,
)
def score_bounds(case: Case) -> Iterator[Violation]:
    """Refuse a score beyond its scale: 0 to 100, PAPI 0 to 80."""
    for key, indicator, value in _bounded(case, Measure.SCORE):
        if indicator.maximum is not None and value > indicator.maximum:
            values = {
                "label": indicator.label_vi,
                "value": _shown(value, 2),
                "most": _shown(indicator.maximum, 2),
            }
            yield Violation("score_bounds", f"figures.{key}", values)


@rule(
    "C2",
    source="63 provinces; 34 since Resolution 202/2025/QH15",
    basis="law",
    applies_if=Case.asks_for_scores,
)
def rank_bounds(case: Case) -> Iterator[Violation]:
    """Refuse a rank beyond the number of provinces of that year: 63 to 2024, 34 from 2025."""
    for key, indicator, value in _bounded(case, Measure.RANK):
        among = indicator.ranked_among(case.period.year) if case.period else None
        if value < 1 or (among is not None and value > among):
            most = among or Phrase("number_of_provinces")
            values: dict[str, MessageValue] = {
                "label": indicator.label_vi,
                "value": value,
                "most": most,
            }
            yield Violation("rank_bounds", f"figures.{key}", values)


@rule("C3", source="PAPI publishes four groups", basis="custom", applies_if=Case.asks_for_scores)
def category_bounds(case: Case) -> Iterator[Violation]:
    """Refuse a group that the index does not have: PAPI 1 to 4."""
    for key, indicator, value in _bounded(case, Measure.CATEGORY):
        if value < 1 or (indicator.maximum is not None and value > indicator.maximum):
            values: dict[str, MessageValue] = {
                "label": indicator.label_vi,
                "value": value,
                "most": indicator.maximum or 1,
            }
            yield Violation("category_bounds", f"figures.{key}", values)


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
