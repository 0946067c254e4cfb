"""The rule that holds a report against windows within and around its own (docs/DOMAIN.md: R15)."""

from collections.abc import Iterator

from services.intake.domain.case import Case
from services.intake.domain.history import HistoryPart
from services.intake.domain.nesting import Disagreement, Part, disagreements
from services.intake.domain.rule import HistoryRead, rule
from services.intake.domain.violations import MessageValue, Violation
from shared.reference.figures import to_decimal


@rule(
    "R15",
    "warn",
    source="ours: what happened in the parts of a window happened in the window",
    basis="default",
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.NESTED),
)
def parts_agree_with_whole(case: Case) -> Iterator[Violation]:
    """R15: what happened in the parts of a window is what happened in the whole."""
    if case.period is None or case.compiled is None or not case.history.nested:
        return
    for cell, indicator in case.compiled.indicators.items():
        stated = case.exact(cell)
        if stated is None or "[" in cell or indicator.over_time != "sum":
            continue
        amounts = ((it.period, it.amounts.get(cell)) for it in case.history.nested)
        others = [Part(period, amount) for period, amount in amounts if amount is not None]
        for found in disagreements(Part(case.period, stated), others):
            wording = "" if found.complete else "parts_exceed_whole"
            values = _values(case, cell, found, indicator.scale)
            yield Violation("parts_agree_with_whole", case.field(cell), values, wording=wording)


def _values(case: Case, cell: str, found: Disagreement, scale: int) -> dict[str, MessageValue]:
    label = case.context.regimes.label_vi
    return {
        "label": case.label(cell),
        "windows": ", ".join(label(it.period) for it in found.parts),
        "parts": to_decimal(found.sum, scale) if scale else found.sum,
        "period": label(found.whole.period),
        "whole": to_decimal(found.whole.amount, scale) if scale else found.whole.amount,
    }
