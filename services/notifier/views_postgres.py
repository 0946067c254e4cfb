"""The views from PostgreSQL: ``views.sql``, with names from the directory."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from services.notifier.domain.duties import State
from services.notifier.views import Attempt, DutyFilter, DutyView, NamedUnit, NoticeView
from shared.domain.directory import Directory
from shared.infra.database import Database, load_queries

QUERIES = load_queries(Path(__file__).parent / "views.sql")


class PostgresViews:
    """Reads what people look at."""

    def __init__(self, database: Database, directory: Directory) -> None:
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
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                QUERIES["duties"], which.unit, which.form, which.period, which.state, limit
            )
        return [
            DutyView(
                **row,
                name=self._name(row["unit"]),
                on_time=row["first_received_at"] < row["due_at"]
                if row["state"] == State.MET
                else None,
            )
            for row in rows
        ]

    def _name(self, unit: str) -> str:
        known = self._directory.get(unit)
        return known.name if known else unit
