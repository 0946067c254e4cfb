"""
Bring existing duties in line with the reference data, page by page.

Needed when the reference data change, and once a day because roles have dates.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.changes import DutyChanges, applied
from services.notifier.domain.duties import Duty, DutyState
from services.notifier.domain.duty_rules import DutyRules
from services.notifier.domain.notices import DigestPlan
from services.notifier.domain.obligations import Obligations
from services.notifier.domain.reconcile import agrees, reconcile
from services.notifier.store.duties import OpenDutyStore
from services.notifier.store.notices import NoticeStore
from services.notifier.usecases.plan_notices import plan_notices
from shared.infra.postgres.database import Connection, Database
from shared.reference.slots import Slot

PAGE = 5_000
"""Duties compared in one transaction."""


@dataclass(frozen=True)
class Reconciliation:
    """What the comparison of a page changes; false when it changes nothing."""

    changes: DutyChanges
    plan: DigestPlan

    def __bool__(self) -> bool:
        return bool(self.changes.duties or self.plan.items)


class ReconcileDuties:
    """
    Changes duty, due_change, notice, notice_item.

    Publishes ``DutyPostponed``, ``DutyExcused``, ``DutyOpened`` and ``DutyMet``.
    """

    def __init__(
        self,
        database: Database,
        open_store: OpenDutyStore,
        after_publishing: Callable[[], None],
    ) -> None:
        self._database = database
        self._open_store = open_store
        self._after_publishing = after_publishing

    async def __call__(self, rules: DutyRules, now: datetime) -> None:
        """Compare every duty that is not met; most pages change nothing and take no lock."""
        last: Slot | None = None
        while True:
            async with self._database.connection() as connection:
                page = await self._open_store(connection).unmet(last, PAGE)
                slots = [it.slot for it in page if _may_change(it, rules.obligations)]
                preview = await self._reconciliation(connection, slots, rules, now)
            if preview:
                await self._save(slots, rules, now)
            if not page:
                return
            last = page[-1].slot

    async def _save(self, slots: Sequence[Slot], rules: DutyRules, now: datetime) -> None:
        """Compare again under the lock, and save the result."""
        async with self._database.transaction() as connection:
            store = self._open_store(connection)
            await store.lock_exclusive()
            reconciliation = await self._reconciliation(connection, slots, rules, now)
            await store.save(reconciliation.changes)
            await NoticeStore(connection).save_plan(reconciliation.plan)
        self._after_publishing()

    async def _reconciliation(
        self, connection: Connection, slots: Sequence[Slot], rules: DutyRules, now: datetime
    ) -> Reconciliation:
        if not slots:
            return Reconciliation(DutyChanges(), DigestPlan())
        records = list((await self._open_store(connection).records(slots)).values())
        changes = reconcile(records, rules.obligations, now)
        plan = await plan_notices(connection, applied(records, changes), rules.audience, now)
        return Reconciliation(changes, plan)


def _may_change(duty: Duty, obligations: Obligations) -> bool:
    """Tell whether the duty differs, or is overdue: a new recipient may need a notice."""
    return duty.state is DutyState.OVERDUE or not agrees(duty, obligations)
