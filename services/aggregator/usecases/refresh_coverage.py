"""
Command: announce the totals again whose owing units changed with the directory.

Reads ``announced_total`` and the reference data in force; changes ``dirty_total``. A merger
entered in time changes no announced period, so it marks nothing; one entered late marks the
periods since, and only these. Each announcement stores a digest of the units that owed, so a
change is noticed also when it came while the service was down.
"""

import asyncio
from collections.abc import Iterable, Sequence

import structlog

from services.aggregator.domain.basis import unfounded
from services.aggregator.domain.fold import ProvinceTotal
from services.aggregator.domain.layouts import Layouts, require_period
from services.aggregator.domain.scopes import as_reported, owing
from services.aggregator.store.announcements import AnnouncedTotal, announced_totals, mark_dirty
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
        """Mark changed totals, for as long as the process lives."""
        await self._supervised.for_ever(self._mark, self._until_changed)

    async def _mark(self) -> None:
        self._changed.clear()
        await self.mark(self._follower.reference())

    async def _until_changed(self, _: None) -> None:
        await self._changed.wait()

    async def mark(self, reference: ReferenceData) -> Sequence[ProvinceTotal]:
        """Mark every announced total whose owing units changed; return them."""
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
    """Return the digest of who owes, None for a province that the directory lost."""
    if reference.directory.get(province) is None:
        return None
    parsed = require_period(period)
    scope = as_reported(reference.directory, province, parsed)
    units = owing(reference.directory, layouts.require(form, period).form, parsed, scope)
    return digest(units, unfounded(reference.directory, {parsed: scope}))
