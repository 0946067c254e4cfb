"""
Shared step: compute the figures that a question selects.

Reads the ledger; changes nothing.
"""

from dataclasses import replace

from services.aggregator.domain.area_rows import reporters, stated_figures
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.opening_stock import CarriedStock, begins_by_merger, opening_stocks
from services.aggregator.domain.question import Question
from services.aggregator.domain.rollup import ComputedFigure, FigureSelection, compute_figures
from services.aggregator.domain.stated_figures import StatedFigures, carry_opening_stocks
from services.aggregator.store.ledger_reader import LedgerReader
from shared.infra.postgres.database import Connection
from shared.reference.periods import Period, preceding


async def computed_figures(
    connection: Connection, reader: LedgerReader, question: Question
) -> list[ComputedFigure]:
    """Return every figure that the question selects."""
    area_rows = await reader.area_rows(connection, question)
    stated = stated_figures(question, area_rows)
    if question.view == "current":
        for period in question.periods:
            if begins_by_merger(question.reference.lineage, question.unit, period):
                stated = await _with_opening_stocks(connection, reader, question, period, stated)
    selection = FigureSelection(question.reference.catalogue, question.periods, question.layouts)
    return compute_figures(selection, stated, reporters(question, area_rows))


async def _with_opening_stocks(
    connection: Connection,
    reader: LedgerReader,
    question: Question,
    period: Period,
    stated: StatedFigures,
) -> StatedFigures:
    """Add the predecessors' closing stocks as opening stocks that no report states."""
    unstated = {
        opening: closing
        for opening, closing in opening_stocks(question.forms[period]).items()
        if not stated.answers(opening, period)
    }
    for earlier in preceding(period) if unstated else ():
        layouts = _earlier_layouts(reader, question, period, earlier)
        earlier_question = replace(question, forms={earlier: layouts})
        area_rows = await reader.area_rows(connection, earlier_question)
        closing_stocks = stated_figures(earlier_question, area_rows)
        cells = unstated.values()
        if any(closing_stocks.answers(cell, earlier) for cell in cells):
            totals = [it for rows in area_rows for it in rows.totals]
            units = sorted({it.unit for it in totals if it.states(cells)})
            source = CarriedStock(tuple(units), earlier)
            return carry_opening_stocks(stated, unstated, period, closing_stocks, source)
    return stated


def _earlier_layouts(
    reader: LedgerReader, question: Question, period: Period, earlier: Period
) -> list[Layout]:
    """Return the layouts of the same forms in an earlier period."""
    layouts = (reader.layouts.of(it.form.code, earlier.code) for it in question.forms[period])
    return [it for it in layouts if it and it.form.accepts(earlier)]
