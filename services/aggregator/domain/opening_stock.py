"""
Opening stocks after a merger: unreported ones are the predecessors' closing stocks.

A new province begins on 1 July 2025 with the models of the provinces that it was made of, also
when none of its units has an opening stock to report. Where its communes report theirs, those of
a district that ended may have no heir yet: then what was there before is stated beside the sum.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.aggregator.domain.amounts import Amount
from services.aggregator.domain.layouts import Layout
from shared.reference.forms import Cell
from shared.reference.lineage import Lineage
from shared.reference.periods import Period

CLOSING_OF: Mapping[str, str] = {"dvk_models_opening": "dvk_models_total"}
"""The stock at the end of a period that is the next period's opening stock (rule R2)."""


class CarriedStock(NamedTuple):
    """The units whose closing stocks make up an opening stock, and the period they closed."""

    units: tuple[str, ...]
    period: Period


class ClosedStock(NamedTuple):
    """What a stock was on the eve of a reform, where the opening stocks reported differ from it."""

    source: CarriedStock
    amount: Amount


def begins_with(lineage: Lineage, key: str, period: Period) -> bool:
    """Return whether a period begins on the day on which a unit took over from others."""
    return any(period.first_day == it.effective_on for it in lineage.predecessors(key))


def begins_by_merger(lineage: Lineage, key: str, period: Period) -> bool:
    """Return whether a period is a unit's first since it took over from others."""
    return any(
        period.first_day <= it.effective_on <= period.last_day for it in lineage.predecessors(key)
    )


def opening_stocks(layouts: Iterable[Layout]) -> Mapping[str, str]:
    """Return the opening cells of some forms with the closing cell that each follows from."""
    return {
        cell.key: Cell(CLOSING_OF[cell.indicator], cell.split).key
        for layout in layouts
        for cell in layout.form.cells
        if cell.indicator in CLOSING_OF
    }
