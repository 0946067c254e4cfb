"""Answers questions about what was, from one snapshot of the ledger: revisions and closings."""

from datetime import date

from services.aggregator.domain.layouts import Layout
from services.aggregator.histories import RevisionsAnswer, revisions
from services.aggregator.naming import unit_answer
from services.aggregator.pictures import Pictures, still
from services.aggregator.questions import asked_day, asked_form, asked_unit
from services.aggregator.registry import UnitDetails, details, found_by_code
from services.aggregator.sheets import QUERIES
from services.aggregator.snapshots import SnapshotsAnswer, snapshots
from shared.infra.postgres.database import Database
from shared.reference.periods import Period


class Archive:
    """What stands behind the addresses of units, revisions and closings."""

    def __init__(self, database: Database, pictures: Pictures) -> None:
        self._database = database
        self._pictures = pictures

    async def unit(self, key: str, on: str) -> UnitDetails:
        """Tell all that is known of a unit on a day, today by the database's clock."""
        reference = self._pictures.reference()
        asked_unit(reference.directory, key)
        return details(reference, key, asked_day(on, await self._today()))

    async def unit_of_code(self, official_code: str, level: str, on: str) -> UnitDetails:
        """Tell all that is known of the unit that an official code means on a day."""
        reference = self._pictures.reference()
        day = asked_day(on, await self._today())
        return details(reference, found_by_code(reference, official_code, level, day), day)

    async def revisions(self, key: str, form: str, period: Period) -> RevisionsAnswer:
        """Tell every revision of a slot, and what each changed."""
        reference = self._pictures.reference()
        asked_unit(reference.directory, key)
        layout: Layout = asked_form(self._pictures.layouts, form, period)
        async with still(self._database) as connection:
            rows = await connection.fetch(QUERIES["revisions"], key, form, period.code)
        return RevisionsAnswer(
            unit=unit_answer(reference, key, period.last_day),
            form=form,
            period=period.code,
            revisions=revisions(rows, layout),
        )

    async def snapshots(self, key: str, form: str, period: Period | None) -> SnapshotsAnswer:
        """Tell what was signed of a unit, and what has become of it since."""
        reference = self._pictures.reference()
        asked_unit(reference.directory, key)
        today = await self._today()
        async with still(self._database) as connection:
            found = await snapshots(connection, key, form, period.code if period else "")
        day = period.last_day if period else today
        return SnapshotsAnswer(unit=unit_answer(reference, key, day), snapshots=found)

    async def _today(self) -> date:
        async with self._database.connection() as connection:
            return (await self._pictures.moment(connection, [])).today
