"""
Queries of the ledger about one unit, each from one snapshot.

Reads ``report`` and ``total``; changes nothing.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg

from services.aggregator.domain.area_rows import AreaRows
from services.aggregator.domain.coverage import ReceiptsByForm
from services.aggregator.domain.layouts import Layouts, require_period
from services.aggregator.domain.question import Question, provinces_of
from services.aggregator.domain.scopes import owing
from services.aggregator.store.area_rows import read_area_rows, read_receipts
from shared.infra.postgres.database import Connection, Database, load_queries
from shared.reference.periods import VIETNAM, Period
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


class ReceiptsAsOf(NamedTuple):
    """The receipts of a question, and the instant of the snapshot that they are from."""

    as_of: AsOf
    by_form: ReceiptsByForm


class LedgerReader:
    """Reads figures and receipts; pass a connection from ``read_snapshot``."""

    def __init__(self, reference: Callable[[], ReferenceData], layouts: Layouts) -> None:
        """Call *reference* once for each question; it returns the reference data in force."""
        self.reference = reference
        self.layouts = layouts

    async def as_of(self, connection: Connection, provinces: Iterable[str]) -> AsOf:
        """Return the present instant, and that of the newest report of some provinces."""
        (row,) = await connection.fetch(QUERIES["watermark"], list(provinces))
        return AsOf(row["as_of"], row["watermark"])

    async def periods(self, connection: Connection, units: Iterable[str]) -> list[Period]:
        """Return the periods for which the units, or units below them, have reported."""
        rows = await connection.fetch(QUERIES["periods_of_units"], list(units))
        return sorted(require_period(row["period"]) for row in rows)

    async def area_rows(self, connection: Connection, question: Question) -> list[AreaRows]:
        """Return the rows of each slice of a question."""
        directory = question.reference.directory
        return [
            await read_area_rows(connection, self.layouts, directory, slice_)
            for slice_ in question.slices
        ]

    async def receipts(self, connection: Connection, question: Question) -> ReceiptsByForm:
        """Return the current reports for the one period of a question, by form and unit."""
        (slice_,) = question.slices
        directory = question.reference.directory
        owed = {
            layout.form.code: owing(directory, layout.form, period, slice_.scope)
            for period, layout in slice_
        }
        return await read_receipts(connection, slice_, owed)

    async def receipts_now(self, database: Database, question: Question) -> ReceiptsAsOf:
        """Return the receipts of a question from one snapshot, and its instant."""
        provinces = provinces_of(question.reference, [question.unit])
        async with read_snapshot(database) as connection:
            as_of = await self.as_of(connection, provinces)
            return ReceiptsAsOf(as_of, await self.receipts(connection, question))

    async def figures_of_cell(
        self, connection: Connection, question: Question, position: int
    ) -> Sequence[asyncpg.Record]:
        """Return one figure of each current report for the one form and period of a question."""
        (slice_,) = question.slices
        ((period, layout),) = slice_
        scope = slice_.scope
        rows: Sequence[asyncpg.Record] = await connection.fetch(
            QUERIES["figures_of_cell"],
            position + 1,  # PostgreSQL counts positions from 1
            layout.form.code,
            period.code,
            [*scope.provinces],
            [*scope.areas],
            [*scope.units],
        )
        return rows

    async def revisions(self, connection: Connection, slot: Slot) -> Sequence[asyncpg.Record]:
        """Return every revision of a slot, in their order."""
        rows: Sequence[asyncpg.Record] = await connection.fetch(QUERIES["revisions"], *slot)
        return rows


@asynccontextmanager
async def read_snapshot(database: Database) -> AsyncIterator[Connection]:
    """
    Borrow a connection whose queries see the ledger at one instant.

    The lock comes first: it waits for a rebuild that is swapping the tables, and the snapshot,
    which the first query takes, is then one of the new tables.
    """
    async with (
        database.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(QUERIES["lock_tables"])
        yield connection
