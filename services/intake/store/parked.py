"""Parked submissions in PostgreSQL: what waits to be judged, in the order of arrival."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from services.intake.domain.state import ContentKey, EventKey, ParkedSubmission
from services.intake.store.rows import parked_of, parked_row
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, load_queries
from shared.reference.slots import Slot

QUERIES = load_queries(Path(__file__).parent / "parked.sql")


class UnitsOfParked(NamedTuple):
    """The units of one source's parked submissions, and when the earliest of these was received."""

    source: str
    units: tuple[str, ...]
    since: datetime


async def concerning(
    connection: Connection, events: Collection[EventKey], slots: Collection[Slot]
) -> Sequence[ParkedSubmission]:
    """Return what is parked under these events or for these slots, oldest first."""
    keys = *columns(events, 2), *columns(slots, 3)
    return [parked_of(it) for it in await connection.fetch(QUERIES["concerning"], *keys)]


async def change(
    connection: Connection, added: Sequence[ParkedSubmission], judged: Sequence[ContentKey]
) -> None:
    """Park submissions, and take away those that have a verdict now."""
    if added:
        await connection.execute(QUERIES["park"], *columns(map(parked_row, added), 0))
    if judged:
        await connection.execute(QUERIES["unpark"], *columns(judged, 0))


async def after(
    connection: Connection, last: int, limit: int
) -> tuple[Sequence[ParkedSubmission], int]:
    """Return the next parked submissions in the order of arrival, and where to go on."""
    rows = await connection.fetch(QUERIES["after"], last, limit)
    return [parked_of(it) for it in rows], rows[-1]["id"] if rows else last


async def find(connection: Connection, key: EventKey) -> ParkedSubmission | None:
    """Return what is parked under an event id."""
    row = await connection.fetchrow(QUERIES["find"], *key)
    return None if row is None else parked_of(row)


async def reasons(connection: Connection) -> Mapping[str, int]:
    """Count what is parked, by reason."""
    return {it["reason"]: it["count"] for it in await connection.fetch(QUERIES["reasons"])}


async def units_of_parked(connection: Connection) -> Sequence[UnitsOfParked]:
    """Return whose reports are received and not judged: the watermark holds for everyone else."""
    rows = await connection.fetch(QUERIES["units_of_parked"])
    return [UnitsOfParked(it["source"], tuple(it["units"]), it["since"]) for it in rows]
