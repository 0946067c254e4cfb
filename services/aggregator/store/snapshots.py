"""Signed figures and their published restatements: ``snapshot``, ``restatement``."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg

from services.aggregator.domain.fold import ProvinceTotal
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "snapshots.sql")


class RestatementRow(NamedTuple):
    """A restatement that the broker has acknowledged; ``event`` is its JSON."""

    unit: str
    form: str
    period: str
    document: str
    number: int
    state: str
    event: str


async def lock_ledger(connection: Connection) -> datetime:
    """
    Stop counting until the transaction ends; return its instant.

    Locks in the order of a rebuild, so that there is no deadlock.
    """
    await connection.execute(QUERIES["stop_writers"])
    await connection.execute(QUERIES["stop_counting"])
    now: datetime = await connection.fetchval(QUERIES["now"])
    return now


async def find_snapshot(
    connection: Connection, unit: str, form: str, period: str, document: str
) -> asyncpg.Record | None:
    """Return the snapshot that a document signed: ``closed_at``, ``checksum``, ``signed``."""
    return await connection.fetchrow(QUERIES["one"], unit, form, period, document)


async def add_snapshot(connection: Connection, row: Sequence[object]) -> None:
    """Add a snapshot; a snapshot never changes."""
    await connection.execute(QUERIES["add"], *row)


async def snapshots_of_unit(
    connection: Connection, unit: str, form: str, period: str
) -> Sequence[asyncpg.Record]:
    """Return the snapshots of a unit; an empty form or period means all."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(QUERIES["of_unit"], unit, form, period)
    return rows


async def restatements_of_unit(
    connection: Connection, unit: str, form: str, period: str
) -> Sequence[asyncpg.Record]:
    """Return the restatements of a unit; an empty form or period means all."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        QUERIES["restatements_of_unit"], unit, form, period
    )
    return rows


async def snapshots_in_force(
    connection: Connection, totals: Iterable[ProvinceTotal]
) -> Sequence[asyncpg.Record]:
    """Return the newest snapshot of each total, with the last restatement of it."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        QUERIES["in_force"], *columns(sorted(totals), 3)
    )
    return rows


async def save_restatements(connection: Connection, rows: Sequence[RestatementRow]) -> None:
    """Save restatements that the broker has acknowledged."""
    if rows:
        await connection.execute(QUERIES["save"], *columns(rows, len(RestatementRow._fields)))
