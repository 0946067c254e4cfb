"""
Rules that hold the stocks of a report against what came before it (docs/DOMAIN.md: R1, R2).

A violation has its rule's name as code. What is not known keeps the rule silent.
"""

from collections.abc import Iterator

from services.intake.domain.case import Case
from services.intake.domain.continuity import (
    StockGap,
    all_gaps,
    boards_gaps,
    gaps_of_ended_areas,
    opening_gaps,
    stated_stocks,
)
from services.intake.domain.history import Amounts, HistoryPart
from services.intake.domain.rule import HistoryRead, rule
from services.intake.domain.rule_context import BOARDS
from services.intake.domain.violations import MessageValue, Violation
from shared.reference.periods import parse_period
from shared.reference.place_names import in_sentence


@rule(
    "R2",
    source="our default: the opening of a period is the closing of the one before",
    basis="default",
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.OPENING),
)
def opening_equals_closing(case: Case) -> Iterator[Violation]:
    """R2: what a unit opens a period with is what it closed the period before with."""
    history = case.history
    if history.handover or history.before is None or history.before.predecessors:
        return
    for gap in _opening_gaps(case):
        period = parse_period(history.before.period)
        values = _values(case, gap) | {
            "period": case.context.regimes.label_vi(period) if period else ""
        }
        yield Violation("opening_equals_closing", case.field(gap.cell), values)


@rule(
    "R2",
    source="our default: the record of a handover goes before all closings",
    basis="default",
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.OPENING),
)
def opening_equals_handover(case: Case) -> Iterator[Violation]:
    """R2 after a merger or a division: a unit opens with what the record hands over to it."""
    handover = case.history.handover
    for gap in _opening_gaps(case) if handover else ():
        values = _values(case, gap) | {"decision": handover.decision if handover else ""}
        yield Violation("opening_equals_handover", case.field(gap.cell), values)


@rule(
    "R2",
    source="our default: the stock of a new unit is that of the units merged into it",
    basis="default",
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.OPENING),
)
def opening_equals_predecessors(case: Case) -> Iterator[Violation]:
    """R2 after a merger of whole units: the opening is the sum of what they closed with."""
    history = case.history
    if history.handover or history.before is None or not history.before.predecessors:
        return
    for gap in _opening_gaps(case):
        values = _values(case, gap) | {"units": _names(case, history.before.predecessors)}
        yield Violation("opening_equals_predecessors", case.field(gap.cell), values)


@rule(
    "R2",
    "needs_note",
    source="our default: districts owed F05 to 30/06/2025, and have no successor",
    basis="default",
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.OPENING),
)
def opening_above_predecessors(case: Case) -> Iterator[Violation]:
    """R2 below an area that ended: more than the predecessors had may be the area's stock."""
    history = case.history
    if case.compiled is None or not history.ended_areas or history.before is None:
        return
    for gap in gaps_of_ended_areas(case.compiled, _exact(case), history):
        values = _values(case, gap) | {
            "units": _names(case, history.before.predecessors or (case.report.unit,)),
            "areas": _names(case, history.ended_areas),
        }
        yield Violation("opening_above_predecessors", case.field(gap.cell), values)


@rule(
    "R2",
    "needs_note",
    source="our default: nobody records what share of a divided unit goes where",
    basis="default",
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.OPENING),
)
def opening_needs_handover(case: Case) -> Iterator[Violation]:
    """R2 where a part of a unit changed hands: only the record of the handover can tell."""
    history = case.history
    if case.compiled is None or not history.reorganised_with:
        return
    exact = _exact(case)
    cell = next(
        iter(stated_stocks(case.compiled, exact))
        if history.before is None
        else (it.cell for it in all_gaps(case.compiled, exact, history)),
        None,
    )
    if cell is not None:
        values: dict[str, MessageValue] = {"units": _names(case, history.reorganised_with)}
        yield Violation("opening_needs_handover", case.field(cell), values)


@rule(
    "R1",
    source="Decree 59/2023/NĐ-CP Art. 17: a board is set up for a project and ends with it",
    basis="default",
    cells=BOARDS,
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.OPENING),
)
def boards_balance(case: Case) -> Iterator[Violation]:
    """R1 for supervision boards: closing = closing before + set up - dissolved."""
    if case.compiled is None or case.history.reorganised_with:
        return
    for gap in boards_gaps(case.compiled, _exact(case), case.history):
        yield Violation("boards_balance", case.field(gap.cell), _values(case, gap))


def _opening_gaps(case: Case) -> Iterator[StockGap]:
    """Yield the openings that do not follow, where all of what went before is known."""
    if case.compiled is not None and not case.history.reorganised_with:
        yield from opening_gaps(case.compiled, _exact(case), case.history)


def _exact(case: Case) -> Amounts:
    if not case.qualifiers and not case.unfit:
        return case.units
    return {cell: case.exact(cell) for cell in case.units}


def _values(case: Case, gap: StockGap) -> dict[str, MessageValue]:
    return {"label": case.label(gap.cell), "stated": gap.stated, "expected": gap.expected}


def _names(case: Case, units: tuple[str, ...]) -> str:
    known = map(case.context.directory.get, units)
    return ", ".join(in_sentence(it.name) for it in known if it is not None)
