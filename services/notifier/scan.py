"""
The scan: every second, open what has begun to be owed and find what has become overdue.

Reads duties and filings; changes duties, stages and notices; publishes ``DutyOpened``,
``DutyMet`` and ``DutyBecameOverdue``. A failed query or an unknown lag fails the scan; it never
reads as "nobody" or "everybody".
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from services.notifier.docket import Docket, OpenDocket
from services.notifier.domain.duties import Changes, Entry, State
from services.notifier.domain.openings import Opening, open_duties
from services.notifier.domain.scan import STAGE_OVERDUE, Audience, address, decide, plan
from services.notifier.horizon import Horizon
from shared.infra.database import Database
from shared.infra.health import Condition, Health

# More in one go than any province has units, so that one deadline makes one digest.
DUE_MAX = 20_000

log = structlog.get_logger()


class Scan:
    """Opens duties and calls them overdue."""

    def __init__(
        self,
        database: Database,
        docket: OpenDocket,
        horizon: Horizon,
        openings: Sequence[Opening],
        audience: Audience,
        after: Callable[[], None],
    ) -> None:
        self._database = database
        self._docket = docket
        self._horizon = horizon
        self._unopened = list(openings)
        self._audience = audience
        self._after = after

    async def run(self, seconds: float, health: Health) -> None:
        """Scan until cancelled; say so when it fails, and try again."""
        while True:
            try:
                await self.once()
                health.fine("scan")
            except Exception as problem:  # noqa: BLE001 - the outermost loop
                health.report("scan", Condition.SCAN_FAILING, repr(problem))
                log.warning("scan failed", problem=repr(problem))
            await asyncio.sleep(seconds)

    async def once(self) -> None:
        """Open what is to be opened, then judge what is due, as far as everything is known."""
        await self._open()
        as_of = await self._horizon.as_of()
        if as_of is not None and await self._judge(as_of):
            self._after()

    async def _open(self) -> None:
        """Open each demand's duties once its instant has come; again after a restart, in vain."""
        now = (await self._horizon.moment()).now
        while self._unopened and self._unopened[0].opens_at <= now:
            wanted = self._unopened[0].duties
            async with self._database.transaction() as connection:
                docket = self._docket(connection)
                await docket.reserve()
                entries = await docket.entries([it.slot for it in wanted])
                await docket.change(open_duties(entries, wanted, now))
            del self._unopened[0]
            self._after()

    async def _judge(self, as_of: datetime) -> int:
        async with self._database.transaction() as connection:
            docket = self._docket(connection)
            if not await docket.due(as_of, 1):
                return 0  # without a lock, every second
            await docket.reserve()
            due = await docket.due(as_of, DUE_MAX)
            changes = decide(due, as_of)
            await docket.change(changes)
            await self._plan(docket, due, changes, as_of)
        return len(due)

    async def _plan(
        self, docket: Docket, due: Sequence[Entry], changes: Changes, as_of: datetime
    ) -> None:
        late = [slot for slot, duty in changes.duties.items() if duty.state is State.OVERDUE]
        await docket.enter_stage(late, STAGE_OVERDUE, as_of)
        addressed = address(due, changes, self._audience)
        told = await docket.told(late, STAGE_OVERDUE)
        desks = await docket.desks(addressed)
        await docket.plan(plan(addressed, told, desks, (await docket.moment()).now))
