"""
Where the stocks of a report do not continue what came before it (rules R1 and R2).

What comes before is, in this order: the record of a handover; the report in force for the period
that ends the day before; after a merger the closings of the units that went wholly into this one.
What either side does not state exactly can neither agree nor disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.domain.history import Amounts, UnitHistory
from services.intake.domain.rule_context import BOARDS, CompiledForm


@dataclass(frozen=True, slots=True)
class StockGap:
    """A stock of a report, and what it would be if it continued what came before."""

    cell: str
    stated: int
    expected: int


def opening_gaps(
    compiled: CompiledForm, amounts: Amounts, history: UnitHistory
) -> Iterator[StockGap]:
    """
    Yield the openings that are not the closings before them, of the whole and of each part.

    Not those above the closings that the stock of an ended area may explain.
    """
    for gap in _all_opening_gaps(compiled, amounts, history):
        if not (history.ended_areas and gap.stated > gap.expected):
            yield gap


def gaps_of_ended_areas(
    compiled: CompiledForm, amounts: Amounts, history: UnitHistory
) -> Iterator[StockGap]:
    """Yield the openings that are above the closings before them by what an area may have had."""
    for gap in _all_opening_gaps(compiled, amounts, history):
        if history.ended_areas and gap.stated > gap.expected:
            yield gap


def _all_opening_gaps(
    compiled: CompiledForm, amounts: Amounts, history: UnitHistory
) -> Iterator[StockGap]:
    for balance in compiled.balances:
        stated = amounts.get(balance.opening)
        expected = _before(history, balance.opening, balance.closing)
        if stated is not None and expected is not None and stated != expected:
            yield StockGap(balance.opening, stated, expected)


def boards_gaps(
    compiled: CompiledForm, amounts: Amounts, history: UnitHistory
) -> Iterator[StockGap]:
    """Yield the boards whose number is not that before, plus those set up, less those dissolved."""
    if not compiled.cells.issuperset(BOARDS):
        return
    stated, established, dissolved = map(amounts.get, BOARDS)
    before = _before(history, BOARDS[0], BOARDS[0])
    if stated is None or established is None or dissolved is None or before is None:
        return
    if stated != before + established - dissolved:
        yield StockGap(BOARDS[0], stated, before + established - dissolved)


def all_gaps(compiled: CompiledForm, amounts: Amounts, history: UnitHistory) -> Iterator[StockGap]:
    """Yield all that does not continue what came before."""
    yield from opening_gaps(compiled, amounts, history)
    yield from boards_gaps(compiled, amounts, history)


def compares(compiled: CompiledForm, amounts: Amounts, history: UnitHistory) -> bool:
    """Tell whether a report states a stock that what came before states too."""
    pairs = [(it.opening, it.closing) for it in compiled.balances]
    if compiled.cells.issuperset(BOARDS) and all(amounts.get(it) is not None for it in BOARDS):
        pairs.append((BOARDS[0], BOARDS[0]))
    return any(
        amounts.get(cell) is not None and _before(history, cell, closing) is not None
        for cell, closing in pairs
    )


def stated_stocks(compiled: CompiledForm, amounts: Amounts) -> Iterator[str]:
    """Yield the cells by which a report states a stock that should continue what came before."""
    for cell in (*(it.opening for it in compiled.balances), BOARDS[0]):
        if amounts.get(cell) is not None:
            yield cell


def _before(history: UnitHistory, opening: str, closing: str) -> int | None:
    if history.handover is not None:
        return history.handover.amounts.get(opening)
    return None if history.before is None else history.before.amounts.get(closing)
