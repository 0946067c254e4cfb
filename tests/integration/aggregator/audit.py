"""The totals of the ledger, as kept and as a plain SUM over the current reports (``audit.sql``)."""

from collections.abc import Sequence
from pathlib import Path

from shared.infra.postgres.database import Database, load_queries

_QUERIES = load_queries(Path(__file__).parent / "audit.sql")
TotalRows = Sequence[tuple[object, ...]]


async def kept_totals(database: Database) -> TotalRows:
    """Return the rows of ``total``."""
    return await _rows(database, "kept")


async def recomputed_totals(database: Database) -> TotalRows:
    """Return the same rows, added up from ``report``."""
    return await _rows(database, "recomputed")


async def _rows(database: Database, query: str) -> TotalRows:
    async with database.connection() as connection:
        return [tuple(row) for row in await connection.fetch(_QUERIES[query])]
