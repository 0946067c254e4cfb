"""Rules about figures (domain.md §3.4). A remark's code is its rule's name."""

from collections.abc import Iterator
from decimal import Decimal

from services.intake.domain.case import Case
from services.intake.domain.knowledge import Balance, Group
from services.intake.domain.remarks import Phrase, Remark, Value, printable
from shared.contracts.reports import ReportSubmitted
from shared.domain.catalogue import Indicator, Measure
from shared.domain.figures import rate_percent, to_decimal

RATE_TOLERANCE_HUNDREDTHS = 5
"""R6: a sent rate may differ by 0.05 from the rate that its own counts give."""

NOT_REPORTED = Phrase("not_reported")


def unknown_cell(case: Case) -> Iterator[Remark]:
    """Refuse a figure without a cell in the form version; a misspelt name is a lost figure."""
    if case.plan is None:
        return
    unknown = case.figures.keys() - case.plan.indicators.keys()
    for key in sorted(unknown.difference(_out_of_place(case))):
        cell = printable(key)  # a name may be as long as a body
        yield Remark("unknown_cell", f"figures.{cell}", {"cell": cell, "form": case.report.form})


def not_additive(case: Case) -> Iterator[Remark]:
    """R12: an index, a rank or a group exists for a province and cannot be added up from below."""
    for key in _out_of_place(case):
        label = case.knowledge.catalogue.indicators[_indicator_code(key)].label_vi
        yield Remark("not_additive", f"figures.{printable(key)}", {"label": label})


def wrong_kind(case: Case) -> Iterator[Remark]:
    """R14: a count is a JSON integer; a score, a rate or an area is a decimal in a string."""
    for key in sorted(case.unfit):
        value = case.figures[key]
        wanted = Phrase("a_decimal_text" if isinstance(value, int) else "a_whole_number")
        values: dict[str, Value] = {
            "label": case.label(key),
            "value": str(value),
            "wanted": wanted,
        }
        yield Remark("wrong_kind", f"figures.{key}", values)


def missing_required(case: Case) -> Iterator[Remark]:
    """R13: a first-priority figure is a number or an explicit null, "chưa báo cáo", not absent."""
    for key in case.plan.required if case.plan else ():
        if key not in case.figures:
            yield Remark("missing_required", f"figures.{key}", {"label": case.label(key)})


def empty_report(case: Case) -> Iterator[Remark]:
    """R13: a report in which nothing is reported would count as one that arrived."""
    if isinstance(case.report, ReportSubmitted) and all(
        value is None for value in case.figures.values()
    ):
        yield Remark("empty_report", "figures")


def qualifier_without_figure(case: Case) -> Iterator[Remark]:
    """Refuse a qualifier that speaks of no number in the report; a stray one is a lost "hơn"."""
    for key in case.qualifiers:
        if case.figures.get(key) is None:
            cell = printable(key)
            yield Remark("qualifier_without_figure", f"qualifiers.{cell}", {"cell": cell})


def stock_balance(case: Case) -> Iterator[Remark]:
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
            values: dict[str, Value] = {
                "label": case.label(balance.closing),
                "opening": amounts[0],
                "new": amounts[1],
                "removed": NOT_REPORTED if amounts[2] is None else amounts[2],
                "closing": amounts[3],
                "expected": given - (amounts[2] or 0),
            }
            yield Remark("stock_balance", f"figures.{balance.closing}", values)


def removed_within_available(case: Case) -> Iterator[Remark]:
    """R1: nobody can strike off more models than there were and became (golden.yaml, 37.1)."""
    for balance in _balances(case):
        amounts = case.amounts(balance.opening, balance.new, balance.removed)
        if amounts is None or amounts[0] is None or amounts[1] is None or amounts[2] is None:
            continue
        available = amounts[0] + amounts[1]
        if amounts[2] > available:
            values = {"removed": amounts[2], "available": available}
            yield Remark("removed_within_available", f"figures.{balance.removed}", values)


def split_sums_to_total(case: Case) -> Iterator[Remark]:
    """
    R3: the parts of a complete breakdown sum to the whole (147 + 54 = 201; 327 + 1 + 14 = 342).

    What a unit cannot classify goes into "không phân loại" where the breakdown has it.
    """
    for group in case.plan.groups if case.plan else ():
        if group.parts.isdisjoint(case.units):
            continue
        amounts = case.amounts(group.total, *group.parts)
        if amounts is None:
            continue
        total, parts = amounts[0], [part for part in amounts[1:] if part is not None]
        if parts and sum(parts) != total:
            yield _does_not_sum(case, group, sum(parts), total)


def _does_not_sum(case: Case, group: Group, parts: int, total: int | None) -> Remark:
    scale = case.plan.indicators[group.total].scale if case.plan else 0
    values: dict[str, Value] = {
        "label": case.label(group.total),
        "dimensions": ", ".join(group.dimensions),
        "parts": _shown(parts, scale),
        "total": NOT_REPORTED if total is None else _shown(total, scale),
        "advice": Phrase("use_unclassified") if group.unclassified else "",
    }
    return Remark("split_sums_to_total", f"figures.{group.total}", values)


def resolved_within_detected(case: Case) -> Iterator[Remark]:
    """
    R5, and R4 for petitions: settled <= arisen + carried in from the unit's earlier periods.

    Without what was carried in, a case that is settled late would be refused (Hà Nội: 1.446 of
    1.566, Đắk Lắk: 118 of 138).
    """
    if case.plan is None or case.plan.backlog is None:
        return
    amounts = case.amounts(*case.plan.backlog)
    if amounts is None or amounts[0] is None or amounts[1] is None:
        return
    arisen, settled = amounts[0], amounts[1]
    if settled > arisen + case.carried_in:
        values: dict[str, Value] = {
            "label": case.label(case.plan.backlog[1]),
            "settled": settled,
            "arisen": arisen,
            "carried_in": case.carried_in,
        }
        yield Remark("resolved_within_detected", f"figures.{case.plan.backlog[1]}", values)


def rate_agrees(case: Case) -> Iterator[Remark]:
    """
    R6: |sent rate - 100·n/d, half up to one decimal| <= 0.05; without a denominator no rate.

    92,3 for 1.446 of 1.566; 97,8 for 1.050 of 1.074. The rate never serves to recover a count.
    """
    for ratio in case.plan.ratios if case.plan else ():
        amounts = case.amounts(ratio.rate, ratio.numerator, ratio.denominator)
        if amounts is None or amounts[0] is None:
            continue
        sent, numerator, denominator = amounts[0], amounts[1], amounts[2]
        expected = (
            None
            if numerator is None or denominator is None
            else rate_percent(numerator, denominator)
        )
        if expected is None or abs(sent - int(expected * 100)) > RATE_TOLERANCE_HUNDREDTHS:
            values: dict[str, Value] = {
                "label": case.label(ratio.rate),
                "sent": _shown(sent, 2),
                "expected": Phrase("no_rate") if expected is None else expected,
            }
            yield Remark("rate_agrees", f"figures.{ratio.rate}", values)


def recognised_within_total(case: Case) -> Iterator[Remark]:
    """R7, a warning: Long An recognises over three years and counts the stock at one close."""
    amounts = case.amounts("dvk_models_recognised", "dvk_models_total")
    if amounts is None or amounts[0] is None or amounts[1] is None or amounts[0] <= amounts[1]:
        return
    values = {"recognised": amounts[0], "total": amounts[1]}
    yield Remark("recognised_within_total", "figures.dvk_models_recognised", values, "warn")


def score_bounds(case: Case) -> Iterator[Remark]:
    """Refuse a score beyond its scale: 0 to 100, PAPI 0 to 80."""
    for key, indicator, value in _bounded(case, Measure.SCORE):
        if indicator.maximum is not None and value > indicator.maximum:
            values = {
                "label": indicator.label_vi,
                "value": _shown(value, 2),
                "most": _shown(indicator.maximum, 2),
            }
            yield Remark("score_bounds", f"figures.{key}", values)


def rank_bounds(case: Case) -> Iterator[Remark]:
    """Refuse a rank beyond the number of provinces of that year: 63 to 2024, 34 from 2025."""
    for key, indicator, value in _bounded(case, Measure.RANK):
        among = indicator.ranked_among(case.period.year) if case.period else None
        if value < 1 or (among is not None and value > among):
            most = among or Phrase("number_of_provinces")
            values: dict[str, Value] = {
                "label": indicator.label_vi,
                "value": value,
                "most": most,
            }
            yield Remark("rank_bounds", f"figures.{key}", values)


def category_bounds(case: Case) -> Iterator[Remark]:
    """Refuse a group that the index does not have: PAPI 1 to 4."""
    for key, indicator, value in _bounded(case, Measure.CATEGORY):
        if value < 1 or (indicator.maximum is not None and value > indicator.maximum):
            values: dict[str, Value] = {
                "label": indicator.label_vi,
                "value": value,
                "most": indicator.maximum or 1,
            }
            yield Remark("category_bounds", f"figures.{key}", values)


def _balances(case: Case) -> list[Balance]:
    """List the balances of which anything at all is reported."""
    return [it for it in case.plan.balances if it.opening in case.units] if case.plan else []


def _bounded(case: Case, measure: Measure) -> Iterator[tuple[str, Indicator, int]]:
    for key in case.plan.bounded if case.plan else ():
        value = case.units.get(key)
        if value is not None and case.plan and case.plan.indicators[key].measure is measure:
            yield key, case.plan.indicators[key], value


def _out_of_place(case: Case) -> list[str]:
    """List the figures of a unit below province level that only a province can have."""
    if case.unit is None or case.unit.level == "province":
        return []
    known = case.plan.indicators if case.plan else {}
    provincial = case.plan.provincial if case.plan else frozenset[str]()
    unknown = case.figures.keys() - known.keys()
    found = [it for it in unknown if _indicator_code(it) in case.knowledge.provincial]
    return sorted([*found, *(provincial & case.figures.keys())])


def _indicator_code(key: str) -> str:
    return key.partition("[")[0]


def _shown(units: int, scale: int) -> int | Decimal:
    return units if scale == 0 else to_decimal(units, scale)
