"""
Where the stocks of a report do not continue what came before it (rules R1 and R2).

What comes before is, in this order: the record of a handover; the report in force for the period
that ends the day before; after a merger the closings of the units that went wholly into this one.
What either side does not state exactly can neither agree nor disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.domain.history import Amounts, History
from services.intake.domain.rule_context import BOARDS, Plan


@dataclass(frozen=True, slots=True)
class Gap:
    """A stock of a report, and what it would be if it continued what came before."""

    cell: str
    stated: int
    expected: int


def opening_gaps(plan: Plan, amounts: Amounts, history: History) -> Iterator[Gap]:
    """Yield the openings that are not the closings before them, of the whole and of each part."""
    for balance in plan.balances:
        stated = amounts.get(balance.opening)
        expected = _before(history, balance.opening, balance.closing)
        if stated is not None and expected is not None and stated != expected:
            yield Gap(balance.opening, stated, expected)


def boards_gaps(plan: Plan, amounts: Amounts, history: History) -> Iterator[Gap]:
    """Yield the boards whose number is not that before, plus those set up, less those dissolved."""
    if not plan.cells.issuperset(BOARDS):
        return
    stated, established, dissolved = map(amounts.get, BOARDS)
    before = _before(history, BOARDS[0], BOARDS[0])
    if stated is None or established is None or dissolved is None or before is None:
        return
    if stated != before + established - dissolved:
        yield Gap(BOARDS[0], stated, before + established - dissolved)


def all_gaps(plan: Plan, amounts: Amounts, history: History) -> Iterator[Gap]:
    """Yield all that does not continue what came before."""
    yield from opening_gaps(plan, amounts, history)
    yield from boards_gaps(plan, amounts, history)


def compares(plan: Plan, amounts: Amounts, history: History) -> bool:
    """Tell whether a report states a stock that what came before states too."""
    pairs = [(it.opening, it.closing) for it in plan.balances]
    if plan.cells.issuperset(BOARDS) and all(amounts.get(it) is not None for it in BOARDS):
        pairs.append((BOARDS[0], BOARDS[0]))
    return any(
        amounts.get(cell) is not None and _before(history, cell, closing) is not None
        for cell, closing in pairs
    )


def stated_stocks(plan: Plan, amounts: Amounts) -> Iterator[str]:
    """Yield the cells by which a report states a stock that should continue what came before."""
    for cell in (*(it.opening for it in plan.balances), BOARDS[0]):
        if amounts.get(cell) is not None:
            yield cell


def _before(history: History, opening: str, closing: str) -> int | None:
    if history.handover is not None:
        return history.handover.amounts.get(opening)
    return None if history.before is None else history.before.amounts.get(closing)
