"""
Say how many notices failed, and end those that nobody needs any more.

Reads notices and duties; changes when a failed notice is attempted. One that names no overdue duty,
or whose recipient has no role today, is attempted at once: the attempt cancels it.
"""

import asyncio
from collections.abc import Callable, Sequence

from services.notifier.domain.audience import contact_in_office
from services.notifier.domain.notices import FailedNotice
from services.notifier.store.notices import NoticeStore
from services.notifier.usecases.horizon import Horizon
from services.notifier.usecases.plan_notices import vietnamese_day
from shared.infra.health import Health, HealthCondition
from shared.infra.postgres.database import Database
from shared.infra.supervised import Supervised
from shared.reference.reference_data import ReferenceData

PART = "notices"


class NoticeCondition(HealthCondition):
    """What may be wrong with the notices, beside the conditions of the plumbing."""

    FAILED = "notices_failed", "qcdc notices list --state failed"


class WatchFailed:
    """Complains, without addresses, for as long as a notice is failed."""

    def __init__(
        self,
        database: Database,
        horizon: Horizon,
        reference: Callable[[], ReferenceData | None],
        health: Health,
    ) -> None:
        """Look for roles in *reference*; None means that nobody is to be written to yet."""
        self._database = database
        self._horizon = horizon
        self._reference = reference
        self._health = health

    async def run(self, seconds: float, supervised: Supervised) -> None:
        """Watch until cancelled, every *seconds*."""
        await supervised.for_ever(self.once, lambda _: asyncio.sleep(seconds))

    async def once(self) -> None:
        """Look at every failed notice."""
        async with self._database.connection() as connection:
            failed = await NoticeStore(connection).failed()
        if not failed:
            self._health.fine(PART)
            return
        detail = "not sent, and tried again; qcdc notices list names them"
        self._health.complain(PART, NoticeCondition.FAILED, detail, len(failed))
        await self._end_needless(failed)

    async def _end_needless(self, failed: Sequence[FailedNotice]) -> None:
        reference = self._reference()
        if reference is None:
            return
        day = vietnamese_day((await self._horizon.stored()).now)
        needless = [
            it.notice_id
            for it in failed
            if not it.anything_to_say or contact_in_office(it.recipient, reference, day) is None
        ]
        if needless:
            async with self._database.transaction() as connection:
                await NoticeStore(connection).retry(needless)
