"""
Rules about cases and petitions: carried in, arisen, settled, and rates (docs/DOMAIN.md: R5, R6).

A violation has its rule's name as code. What is "more than" or "about" a number is passed over.
"""

from collections.abc import Iterator
from decimal import Decimal

from services.intake.domain.case import Case
from services.intake.domain.history import HistoryPart
from services.intake.domain.parsing import SubmissionEvent
from services.intake.domain.rule import HistoryRead, rule
from services.intake.domain.rule_context import BACKLOGS, BacklogCells, RateCells
from services.intake.domain.violations import MessageValue, Phrase, Violation
from shared.contracts.reports import ReportSubmitted
from shared.contracts.values import COUNT_MAX
from shared.reference.figures import Qualifier, rate_percent, to_decimal
from shared.reference.vietnamese import number, rate, with_qualifier

RATE_TOLERANCE_HUNDREDTHS = 5
"""R6: a sent rate may differ by 0.05 from the rate that its own counts give."""

_ALL_PERCENT = 100
_RATES = (
    "pib_resolution_rate",
    "pib_recommended_resolution_rate",
    "petition_resolution_rate",
)


def rests_on_backlog(report: SubmissionEvent) -> bool:
    """Tell whether what earlier periods left open matters to rules R5 and R6."""
    if not isinstance(report, ReportSubmitted):
        return False
    figures = report.figures
    if any(figures.get(rate) is not None for rate in _RATES):
        return True
    for arisen, settled, carried_in in BACKLOGS:
        a, b = figures.get(arisen), figures.get(settled)
        if figures.get(carried_in) is not None:
            return True
        if isinstance(a, int) and isinstance(b, int) and b > a:
            return True
    return False


_OPEN_BEFORE = HistoryRead(HistoryPart.BACKLOG, rests_on_backlog)


@rule(
    "R5",
    source="Hà Nội 2023: 1.446 of 1.566; Đắk Lắk: 118 of 138",
    basis="custom",
    reads=_OPEN_BEFORE,
)
def resolved_within_detected(case: Case) -> Iterator[Violation]:
    """
    R5, and R4 for petitions: settled <= arisen + carried in from the unit's earlier periods.

    Carried in is what the report states, else what we know that earlier periods left open. Where
    neither is known nothing is refused (``carried_in_not_stated``): 13 settled of 10 that arose
    and 5 of the year before is true.
    """
    known, cells = case.history.carried_in, _backlog_cells(case)
    stated = cells and case.amounts(*cells)
    if not cells or not stated or stated[0] is None or stated[1] is None:
        return
    carried_in = known[-1] if stated[2] is None and known else stated[2]
    if carried_in is None or stated[1] <= stated[0] + carried_in:
        return
    values: dict[str, MessageValue] = {
        "label": case.label(cells.settled),
        "settled": stated[1],
        "arisen": stated[0],
        "carried_in": carried_in,
        "advice": Phrase("state_carried_in") if stated[2] is None else "",
    }
    yield Violation("resolved_within_detected", case.field(cells.settled), values)


@rule(
    "R5",
    "needs_note",
    source="ours: nobody else knows what was open before the system was used",
    basis="default",
    reads=_OPEN_BEFORE,
)
def carried_in_not_stated(case: Case) -> Iterator[Violation]:
    """R5: who settles more than arose, in the first period known, says what was carried in."""
    known, cells = case.history.carried_in, _backlog_cells(case)
    stated = cells and case.amounts(*cells)
    if not cells or not stated or stated[0] is None or stated[1] is None or known is not None:
        return
    if stated[2] is None and stated[1] > stated[0]:
        values: dict[str, MessageValue] = {
            "label": case.label(cells.settled),
            "settled": stated[1],
            "arisen": stated[0],
            "carried_in": case.label(cells.carried_in),
        }
        yield Violation("carried_in_not_stated", case.field(cells.settled), values)


@rule(
    "R5",
    "needs_note",
    source="ours: nobody else knows what was open before the system was used",
    basis="default",
    reads=_OPEN_BEFORE,
)
def carried_in_not_known(case: Case) -> Iterator[Violation]:
    """R5: what was carried into the first period known cannot be checked, and needs its origin."""
    known, cells = case.history.carried_in, _backlog_cells(case)
    stated = None if cells is None else case.exact(cells.carried_in)
    if cells is not None and known is None and stated:
        values: dict[str, MessageValue] = {"label": case.label(cells.carried_in), "stated": stated}
        yield Violation("carried_in_not_known", case.field(cells.carried_in), values)


@rule(
    "R5",
    "needs_note",
    source="ours: what a period carries in is what the one before has left open",
    basis="default",
    reads=_OPEN_BEFORE,
)
def carried_in_agrees(case: Case) -> Iterator[Violation]:
    """R5: what is carried in is what our reports of earlier periods have left open."""
    known, cells = case.history.carried_in, _backlog_cells(case)
    stated = None if cells is None else case.exact(cells.carried_in)
    if cells is None or stated is None or not known or stated in known or known[-1] >= COUNT_MAX:
        return
    values: dict[str, MessageValue] = {
        "label": case.label(cells.carried_in),
        "stated": stated,
        "known": known[-1],
    }
    yield Violation("carried_in_agrees", case.field(cells.carried_in), values)


@rule("R6", source="Hà Nội 2023: 92,3%; Hải Dương 2020: 97,8%", basis="custom", reads=_OPEN_BEFORE)
def rate_agrees(case: Case) -> Iterator[Violation]:
    """
    R6: |sent rate - 100·n/(d + carried in), half up to one decimal| <= 0.05; never above 100 %.

    92,3 for 1.446 of 1.566; 97,8 for 1.050 of 1.074; 86,7 for 13 of 10 + 5. A rate with a qualifier
    is a bound: "more than 95%" is wrong for 87 of 100. The rate never serves to recover a count.
    """
    known = case.history.carried_in
    for ratio in case.compiled.ratios if case.compiled else ():
        sent = case.units.get(ratio.rate)
        if sent is None or ratio.rate in case.unfit:
            continue
        expected = _expected(case, ratio, known)
        qualifier = Qualifier(case.qualifiers.get(ratio.rate, Qualifier.EXACT))
        unknown = expected is None or (not expected and qualifier is not Qualifier.EXACT)
        agrees = unknown or any(_holds(sent, qualifier, it) for it in expected or ())
        if agrees and sent <= 100 * _ALL_PERCENT:
            continue
        values: dict[str, MessageValue] = {
            "label": case.label(ratio.rate),
            "sent": with_qualifier(number(to_decimal(sent, 2)), qualifier),
        }
        wording = "rate_above_whole" if sent > 100 * _ALL_PERCENT else "rate_without_parts"
        if expected:
            wording, values["expected"] = "", rate(expected[-1])
        yield Violation("rate_agrees", case.field(ratio.rate), values, wording=wording)


def _backlog_cells(case: Case) -> BacklogCells | None:
    return case.compiled.backlog if case.compiled else None


def _expected(case: Case, ratio: RateCells, known: tuple[int, ...] | None) -> list[Decimal] | None:
    """
    Return the rates that the counts allow, none when they allow none; None when nobody can say.

    Where the report does not state what was carried in, the rate may leave it out, or take what
    we know to be open.
    """
    counts = case.amounts(ratio.numerator, ratio.denominator)
    if counts is None or ratio.carried_in in case.qualifiers or ratio.carried_in in case.unfit:
        return None
    numerator, arisen = counts
    if numerator is None or arisen is None:
        return []
    stated = case.units.get(ratio.carried_in) if ratio.carried_in else 0
    if stated is None and known is None and numerator > arisen:
        return None
    carried_in = [0, *(known or ())] if stated is None else [stated]
    rates = (rate_percent(numerator, arisen + it) for it in carried_in)
    return [it for it in rates if it is not None and it <= _ALL_PERCENT]


def _holds(sent: int, qualifier: Qualifier, expected: Decimal) -> bool:
    """Tell whether a rate in hundredths agrees with that of its counts, as exactly as it says."""
    above = sent - int(expected * 100)
    holds = {
        Qualifier.EXACT: abs(above) <= RATE_TOLERANCE_HUNDREDTHS,
        Qualifier.AT_LEAST: above <= RATE_TOLERANCE_HUNDREDTHS,
        Qualifier.AT_MOST: above >= -RATE_TOLERANCE_HUNDREDTHS,
    }
    return holds.get(qualifier, True)
