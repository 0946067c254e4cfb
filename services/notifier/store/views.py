"""The rows behind ``/v1/notices`` and ``/v1/duties``: the statements of ``views.sql``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from services.notifier.store.rows import slot_columns, slot_of
from shared.infra.postgres.database import Database, load_queries

QUERIES = load_queries(Path(__file__).parent / "views.sql")


@dataclass(frozen=True, slots=True)
class NoticeRows:
    """Notices, newest first, the units that they name, and the log of attempts."""

    notices: Sequence[asyncpg.Record]
    units: Sequence[asyncpg.Record]
    attempts: Sequence[asyncpg.Record]


@dataclass(frozen=True, slots=True)
class DutyRows:
    """Duties, the first due first, and the audit of their due instants."""

    duties: Sequence[asyncpg.Record]
    due_changes: Sequence[asyncpg.Record]


class ViewStore:
    """Reads for the queries, each in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def notices(
        self, committee: str | None, unit: str | None, state: str | None, limit: int
    ) -> NoticeRows:
        """Return the notices of a committee, about a unit and in a state; None is any."""
        async with self._database.transaction() as connection:
            notices = await connection.fetch(QUERIES["notices"], committee, unit, state, limit)
            notice_ids = [row["notice_id"] for row in notices]
            units = await connection.fetch(QUERIES["named_units"], notice_ids)
            attempts = await connection.fetch(QUERIES["attempts"], notice_ids)
        return NoticeRows(notices, units, attempts)

    async def duties(
        self, unit: str | None, form: str | None, period: str | None, state: str | None, limit: int
    ) -> DutyRows:
        """Return the duties of a unit, form and period in a state; None is any."""
        async with self._database.transaction() as connection:
            duties = await connection.fetch(QUERIES["duties"], unit, form, period, state, limit)
            slots = [slot_of(row) for row in duties]
            due_changes = await connection.fetch(QUERIES["due_changes"], *slot_columns(slots))
        return DutyRows(duties, due_changes)
