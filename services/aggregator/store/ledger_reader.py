"""
Queries of the ledger about one unit, each from one snapshot.

Reads ``report`` and ``total``; changes nothing.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import asyncpg

from services.aggregator.domain.coverage import ReportReceipt
from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.opening_stock import CarriedStock, begins_by_merger, opening_stocks
from services.aggregator.domain.question import Question, provinces_of
from services.aggregator.domain.reporters import FormReporters, Reporters
from services.aggregator.domain.rollup import (
    ComputedFigure,
    FigureSelection,
    StatedFigures,
    amounts,
    carry_opening_stocks,
    compute_figures,
)
from services.aggregator.domain.scopes import (
    owing,
)
from services.aggregator.domain.withholding import Withheld, withheld_cells
from services.aggregator.store.area_rows import AreaRows, known_period, read_area_rows, receipts
from shared.infra.postgres.database import Connection, Database, load_queries
from shared.reference.periods import VIETNAM, Period, preceding
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot

QUERIES = load_queries(Path(__file__).parent / "ledger_reader.sql")


@dataclass(frozen=True, slots=True)
class AsOf:
    """
    The instant of a snapshot.

    ``watermark`` is when the newest report of its provinces was accepted; None without reports.
    """

    as_of: datetime
    watermark: datetime | None

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return self.as_of.astimezone(VIETNAM).date()


class LedgerReader:
    """Reads figures and receipts; pass a connection from ``read_snapshot``."""

    def __init__(self, reference: Callable[[], ReferenceData], layouts: Layouts) -> None:
        """Work by what *reference* returns, taken once for each question."""
        self.reference = reference
        self.layouts = layouts

    async def as_of(self, connection: Connection, provinces: Iterable[str]) -> AsOf:
        """Return the present instant, and that of the newest report of some provinces."""
        (row,) = await connection.fetch(QUERIES["watermark"], list(provinces))
        return AsOf(row["as_of"], row["watermark"])

    async def periods(self, connection: Connection, units: Iterable[str]) -> list[Period]:
        """Return the periods for which the units, or anyone below them, have reported."""
        rows = await connection.fetch(QUERIES["periods_of_units"], list(units))
        return sorted(known_period(row["period"]) for row in rows)

    async def figures(self, connection: Connection, question: Question) -> list[ComputedFigure]:
        """Return every figure that the question selects."""
        area_rows = await self._area_rows(connection, question)
        stated = _stated_figures(question, area_rows)
        if question.view == "current":
            for period in question.periods:
                if begins_by_merger(question.reference.lineage, question.unit, period):
                    stated = await self._with_opening_stocks(connection, question, period, stated)
        selection = FigureSelection(
            question.reference.catalogue, question.periods, question.layouts
        )
        return compute_figures(selection, stated, _reporters(question, area_rows))

    async def receipts(
        self, connection: Connection, question: Question
    ) -> Mapping[str, dict[str, ReportReceipt]]:
        """Return the current reports for the one period of a question, by form and unit."""
        (slice_,) = question.slices
        directory = question.reference.directory
        owed = {
            layout.form.code: owing(directory, layout.form, period, slice_.scope)
            for period, layout in slice_
        }
        return await receipts(connection, slice_, owed)

    async def receipts_now(
        self, database: Database, question: Question
    ) -> tuple[AsOf, Mapping[str, dict[str, ReportReceipt]]]:
        """Return the receipts of a question from one snapshot, and its instant."""
        provinces = provinces_of(question.reference, [question.unit])
        async with read_snapshot(database) as connection:
            return await self.as_of(connection, provinces), await self.receipts(
                connection, question
            )

    async def revisions(self, connection: Connection, slot: Slot) -> Sequence[asyncpg.Record]:
        """Return every revision of a slot, in their order."""
        rows: Sequence[asyncpg.Record] = await connection.fetch(QUERIES["revisions"], *slot)
        return rows

    async def _area_rows(self, connection: Connection, question: Question) -> list[AreaRows]:
        directory = question.reference.directory
        return [
            await read_area_rows(connection, self.layouts, directory, slice_)
            for slice_ in question.slices
        ]

    async def _with_opening_stocks(
        self, connection: Connection, question: Question, period: Period, stated: StatedFigures
    ) -> StatedFigures:
        """Let opening stocks that nobody reported be what the predecessors closed with."""
        unstated = {
            opening: closing
            for opening, closing in opening_stocks(question.forms[period]).items()
            if period not in stated.stated.get(opening, {})
            and period not in stated.withheld.get(opening, {})
        }
        for earlier in preceding(period) if unstated else ():
            earlier_question = replace(
                question, forms={earlier: self._alike(question, period, earlier)}
            )
            area_rows = await self._area_rows(connection, earlier_question)
            closed, closings = _stated_figures(earlier_question, area_rows), unstated.values()
            if any(closed.stated.get(it) or closed.withheld.get(it) for it in closings):
                totals = [it for rows in area_rows for it in rows.totals]
                units = sorted({it.unit for it in totals if it.states(closings)})
                carried = CarriedStock(tuple(units), earlier)
                return carry_opening_stocks(stated, unstated, period, closed, carried)
        return stated

    def _alike(self, question: Question, period: Period, earlier: Period) -> list[Layout]:
        """Return the layouts of the same forms in an earlier period."""
        found = (self.layouts.of(it.form.code, earlier.code) for it in question.forms[period])
        return [it for it in found if it and it.form.accepts(earlier)]


@asynccontextmanager
async def read_snapshot(database: Database) -> AsyncIterator[Connection]:
    """
    Borrow a connection that sees the ledger at one instant, whatever is counted meanwhile.

    The lock comes first: a rebuild that is just putting new tables in place is waited for, and
    the snapshot, which the first query takes, is then one of the new tables.
    """
    async with (
        database.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(QUERIES["hold_tables"])
        yield connection


def _stated_figures(question: Question, area_rows: Iterable[AreaRows]) -> StatedFigures:
    withheld: dict[str, dict[Period, Withheld]] = {}
    totals = []
    for rows in area_rows:
        totals += rows.totals
        scope = rows.slice_.scope
        for period, layout in rows.slice_:
            divided = rows.divided.get((layout.form.code, period.code), ())
            found = withheld_cells(layout, period, scope, question.reference.directory, divided)
            for cell, reason in found.items():
                withheld.setdefault(cell, {})[period] = reason
    return StatedFigures(amounts(totals, question.reference.catalogue), withheld)


def _reporters(question: Question, area_rows: Iterable[AreaRows]) -> Reporters:
    directory = question.reference.directory
    return Reporters(
        FormReporters(
            layout,
            period,
            owing(directory, layout.form, period, rows.slice_.scope),
            rows.reports.get((layout.form.code, period.code), ()),
        )
        for rows in area_rows
        for period, layout in rows.slice_
    )
