"""
Shared step: compute the figures that a question selects.

Reads the ledger; changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from services.aggregator.domain.area_rows import AreaRows, bases, reporters, stated_figures
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.opening_stock import (
    CarriedStock,
    begins_by_merger,
    begins_with,
    opening_stocks,
)
from services.aggregator.domain.question import Question
from services.aggregator.domain.rollup import ComputedFigure, FigureSelection, compute_figures
from services.aggregator.domain.stated_figures import (
    StatedFigures,
    carry_opening_stocks,
    with_closed_before,
)
from services.aggregator.store.ledger_reader import LedgerReader
from shared.infra.postgres.database import Connection
from shared.reference.periods import Period


async def computed_figures(
    connection: Connection, reader: LedgerReader, question: Question
) -> list[ComputedFigure]:
    """Return every figure that the question selects."""
    area_rows = await reader.area_rows(connection, question)
    return await _figures_of(connection, reader, question, area_rows)


async def computed_by_base(
    connection: Connection, reader: LedgerReader, question: Question
) -> Mapping[str, list[ComputedFigure]]:
    """
    Return the figures by the type of base of who reported them.

    Each part has the figures that somebody in it owes or states; what adds up over units adds up
    to the whole.
    """
    area_rows = await reader.area_rows(connection, question)
    directory = question.reference.directory
    by_base = {
        base: [it.of_base(base, directory) for it in area_rows]
        for base in bases(question, area_rows)
    }
    return {
        base: [
            it
            for it in await _figures_of(connection, reader, question, of_base, base)
            if it.units.expected or it.value is not None
        ]
        for base, of_base in by_base.items()
    }


async def _figures_of(
    connection: Connection,
    reader: LedgerReader,
    question: Question,
    area_rows: Sequence[AreaRows],
    base: str | None = None,
) -> list[ComputedFigure]:
    stated = stated_figures(question, area_rows)
    if question.view == "current":
        for period in question.periods:
            if begins_by_merger(question.reference.lineage, question.unit, period):
                opening = _Opening(question, period, base)
                stated = await _with_opening_stocks(connection, reader, opening, stated)
    selection = FigureSelection(question.reference.catalogue, question.periods, question.layouts)
    return compute_figures(selection, stated, reporters(question, area_rows))


class _Opening(NamedTuple):
    """The period of a question that begins by a merger; *base* selects who counts."""

    question: Question
    period: Period
    base: str | None


async def _with_opening_stocks(
    connection: Connection, reader: LedgerReader, opening: _Opening, stated: StatedFigures
) -> StatedFigures:
    """
    Add the predecessors' closing stocks as opening stocks that no report states.

    Beside those that reports do state, where they differ from them on the day of the merger.
    """
    question, period, base = opening
    openings = opening_stocks(question.forms[period])
    unstated = {cell: it for cell, it in openings.items() if not stated.answers(cell, period)}
    on_its_day = begins_with(question.reference.lineage, question.unit, period)
    for earlier in question.reference.regimes.preceding(period) if unstated or on_its_day else ():
        layouts = _earlier_layouts(reader, question, period, earlier)
        earlier_question = replace(question, forms={earlier: layouts})
        area_rows = await reader.area_rows(connection, earlier_question)
        if base is not None:
            area_rows = [it.of_base(base, question.reference.directory) for it in area_rows]
        closing_stocks = stated_figures(earlier_question, area_rows)
        cells = openings.values() if on_its_day else unstated.values()
        if any(closing_stocks.answers(cell, earlier) for cell in cells):
            totals = [it for rows in area_rows for it in rows.totals]
            units = sorted({it.unit for it in totals if it.states(cells)})
            source = CarriedStock(tuple(units), earlier)
            if on_its_day:
                stated = with_closed_before(stated, openings, period, closing_stocks, source)
            return carry_opening_stocks(stated, unstated, period, closing_stocks, source)
    return stated


def _earlier_layouts(
    reader: LedgerReader, question: Question, period: Period, earlier: Period
) -> list[Layout]:
    """Return the layouts of the same forms in an earlier period."""
    layouts = (reader.layouts.of(it.form.code, earlier.code) for it in question.forms[period])
    return [it for it in layouts if it and it.form.accepts(earlier)]
