"""The views from PostgreSQL: ``views.sql``, with names from the directory."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import asyncpg

from services.notifier.store.views import (
    Attempt,
    DueChangeView,
    DutyFilter,
    DutyView,
    NamedUnit,
    NoticeView,
)
from shared.infra.postgres.database import Database, load_queries
from shared.reference.directory import Directory

QUERIES = load_queries(Path(__file__).parent / "views.sql")


class PostgresViews:
    """Reads what people look at."""

    def __init__(self, database: Database, directory: Callable[[], Directory]) -> None:
        self._database = database
        self._directory = directory

    async def notices(
        self, committee: str | None, unit: str | None, limit: int
    ) -> Sequence[NoticeView]:
        """Return notices, newest first."""
        units: dict[str, list[NamedUnit]] = defaultdict(list)
        attempts: dict[str, list[Attempt]] = defaultdict(list)
        async with self._database.transaction() as connection:
            rows = await connection.fetch(QUERIES["notices"], committee, unit, limit)
            found = [row["notice_id"] for row in rows]
            for row in await connection.fetch(QUERIES["named_units"], found):
                named = NamedUnit(name=self._name(row["unit"]), **row)
                units[row["notice_id"]].append(named)
            for row in await connection.fetch(QUERIES["attempts"], found):
                attempts[row["notice_id"]].append(Attempt(**row))
        return [
            NoticeView(**row, units=units[row["notice_id"]], attempts=attempts[row["notice_id"]])
            for row in rows
        ]

    async def duties(self, which: DutyFilter, limit: int) -> Sequence[DutyView]:
        """Return duties, the first due first."""
        moved: dict[tuple[str, str, str], list[DueChangeView]] = defaultdict(list)
        async with self._database.transaction() as connection:
            rows = await connection.fetch(
                QUERIES["duties"], which.unit, which.form, which.period, which.state, limit
            )
            columns = [[row[it] for row in rows] for it in ("unit", "form", "period")]
            for row in await connection.fetch(QUERIES["due_changes"], *columns):
                moved[_slot(row)].append(DueChangeView.model_validate(dict(row)))
        return [
            DutyView(
                **row,
                name=self._name(row["unit"]),
                valid_to=self._last_day(row["unit"]),
                due_changes=moved[_slot(row)],
            )
            for row in rows
        ]

    def _name(self, unit: str) -> str:
        known = self._directory().get(unit)
        return known.name if known else unit

    def _last_day(self, unit: str) -> date | None:
        known = self._directory().get(unit)
        return known.valid_to if known else None


def _slot(row: asyncpg.Record) -> tuple[str, str, str]:
    return row["unit"], row["form"], row["period"]
