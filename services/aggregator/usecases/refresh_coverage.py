"""
Command: announce totals again whose owing units changed with the directory.

Reads ``announced_total`` and the reference data in force; marks ``dirty_total``. A merger that is
entered beforehand changes no period that has been announced, so it marks nothing; one that is
entered late marks the periods since, and these alone. Who owed is remembered with every
announcement, so that a change is noticed also when it came while we were down.
"""

import asyncio
from collections.abc import Iterable, Sequence

import structlog

from services.aggregator.domain.fold import ProvinceTotal
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.scopes import as_reported, owing
from services.aggregator.store.announcements import AnnouncedTotal, announced_totals, mark_dirty
from services.aggregator.store.area_rows import known_period
from services.aggregator.usecases.render import digest
from shared.directory.follower import DirectoryFollower
from shared.infra.health import Health
from shared.infra.postgres.database import Database
from shared.infra.supervised import Supervised
from shared.reference.reference_data import ReferenceData

log = structlog.get_logger()


class CoverageRefresh:
    """Compares what was announced with the directory, at the start and after each revision."""

    def __init__(
        self, database: Database, layouts: Layouts, follower: DirectoryFollower, health: Health
    ) -> None:
        self._database = database
        self._layouts = layouts
        self._follower = follower
        self._changed = asyncio.Event()
        self._supervised = Supervised("coverage refresh", health)
        follower.on_change(self._wake_up)

    async def run(self) -> None:
        """Mark what has changed, for as long as the process lives."""
        await self._supervised.for_ever(self._mark, self._until_changed)

    async def _mark(self) -> None:
        self._changed.clear()
        await self.mark(self._follower.reference())

    async def _until_changed(self, _: None) -> None:
        await self._changed.wait()

    async def mark(self, reference: ReferenceData) -> Sequence[ProvinceTotal]:
        """Mark every announced total whose owing units are others now; return them."""
        async with self._database.connection() as connection:
            announced = await announced_totals(connection)
        marked = await asyncio.to_thread(_changed, announced, reference, self._layouts)
        if marked:
            log.info("the directory changes who owes", totals=len(marked))
            async with self._database.transaction() as connection:
                await mark_dirty(connection, marked)
        return marked

    def _wake_up(self, _: ReferenceData) -> None:
        self._changed.set()


def _changed(
    announced: Iterable[AnnouncedTotal], reference: ReferenceData, layouts: Layouts
) -> list[ProvinceTotal]:
    return [
        ProvinceTotal(province, form, period)
        for province, form, period, owed in announced
        if _owing(reference, layouts, province, form, period) not in (owed, None)
    ]


def _owing(
    reference: ReferenceData, layouts: Layouts, province: str, form: str, period: str
) -> str | None:
    """Return who owes, as a digest; None for a province that the directory has lost."""
    if reference.directory.get(province) is None:
        return None
    window = known_period(period)
    scope = as_reported(reference.directory, province, window)
    return digest(owing(reference.directory, layouts.known(form, period).form, window, scope))
