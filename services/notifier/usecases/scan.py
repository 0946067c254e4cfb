"""
The scan: once a second, bring all duties up to date.

Reads filings, duties and the reference data; changes duties, stages and notices; publishes
``DutyOpened``, ``DutyMet``, ``DutyBecameOverdue``, ``DutyPostponed`` and ``DutyExcused``. A failed
query or an unknown lag fails the scan; it never reads as "nobody" or "everybody". Between changes
of the reference data only due duties are read.
"""

import asyncio
from collections.abc import Callable
from datetime import date

from services.notifier.domain.duty_rules import DutyRules
from services.notifier.store.duties import OpenDutyStore
from services.notifier.usecases.call_overdue import CallOverdue
from services.notifier.usecases.horizon import Horizon
from services.notifier.usecases.open_duties import OpenDuties
from services.notifier.usecases.plan_notices import vietnamese_day
from services.notifier.usecases.reconcile_duties import ReconcileDuties
from shared.infra.postgres.database import Database
from shared.infra.supervised import Supervised


class Scan:
    """Reconciles, opens and calls overdue, in this order."""

    def __init__(
        self,
        database: Database,
        open_store: OpenDutyStore,
        horizon: Horizon,
        rules: Callable[[], DutyRules],
        after_publishing: Callable[[], None],
    ) -> None:
        """Work by *rules*; the same reference data must give the same object."""
        self._horizon = horizon
        self._rules = rules
        self._after_publishing = after_publishing
        self._reconcile = ReconcileDuties(database, open_store, after_publishing)
        self._open = OpenDuties(database, open_store, after_publishing)
        self._call_overdue = CallOverdue(database, open_store)
        self._reconciled: tuple[DutyRules, date] | None = None

    async def run(self, seconds: float, supervised: Supervised) -> None:
        """Scan until cancelled, every *seconds*."""
        await supervised.for_ever(self.once, lambda _: asyncio.sleep(seconds))

    def has_reconciled(self) -> bool:
        """Tell whether every duty has been compared with the reference data in force now."""
        return self._reconciled is not None and self._reconciled[0] is self._rules()

    async def once(self) -> None:
        """Reconcile if needed, open what is to be opened, then call overdue up to the horizon."""
        rules = self._rules()
        now = (await self._horizon.stored()).now
        day = vietnamese_day(now)
        if self._reconciled != (rules, day):
            await self._reconcile(rules, now)
            self._reconciled = rules, day
        await self._open(rules, now)
        complete = await self._horizon.completeness()
        # The newest rules: a unit that got more time during this scan must not be called overdue.
        if complete is not None and await self._call_overdue(self._rules(), complete):
            self._after_publishing()
