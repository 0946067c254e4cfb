"""Signed figures and what was published of them since: ``snapshot``, ``restatement``."""

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


async def hold_ledger(connection: Connection) -> datetime:
    """
    Let nothing be counted until the transaction ends; return its instant.

    Both locks in this order: a rebuild takes them so too, and nobody waits in a circle.
    """
    await connection.execute(QUERIES["hold_writers"])
    await connection.execute(QUERIES["hold_ledger"])
    now: datetime = await connection.fetchval(QUERIES["now"])
    return now


async def find_snapshot(
    connection: Connection, unit: str, form: str, period: str, document: str
) -> asyncpg.Record | None:
    """Return the snapshot that a document signed: ``closed_at``, ``checksum``, ``signed``."""
    return await connection.fetchrow(QUERIES["one"], unit, form, period, document)


async def add_snapshot(connection: Connection, row: Sequence[object]) -> None:
    """Add a snapshot; none is ever changed."""
    await connection.execute(QUERIES["add"], *row)


async def snapshots_of_unit(
    connection: Connection, unit: str, form: str, period: str
) -> Sequence[asyncpg.Record]:
    """Return the snapshots of a unit; an empty form or period asks for all."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(QUERIES["of_unit"], unit, form, period)
    return rows


async def restatements_of_unit(
    connection: Connection, unit: str, form: str, period: str
) -> Sequence[asyncpg.Record]:
    """Return the restatements of a unit; an empty form or period asks for all."""
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


async def remember_restatements(connection: Connection, rows: Sequence[RestatementRow]) -> None:
    """Keep what the broker has acknowledged."""
    if rows:
        await connection.execute(QUERIES["remember"], *columns(rows, len(RestatementRow._fields)))
