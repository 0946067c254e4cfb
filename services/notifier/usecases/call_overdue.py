"""Call overdue what is due before the horizon and not reported, and plan the notices."""

from services.notifier.domain.changes import applied, merged
from services.notifier.domain.completeness import Completeness
from services.notifier.domain.duties import DutyState
from services.notifier.domain.duty_rules import DutyRules
from services.notifier.domain.notices import NoticeStage
from services.notifier.domain.overdue import call_overdue
from services.notifier.domain.reconcile import reconcile
from services.notifier.store.duties import OpenDutyStore
from services.notifier.store.notices import NoticeStore
from services.notifier.usecases.plan_notices import plan_notices
from shared.infra.postgres.database import Database

# More in one go than any province has units, so that one deadline makes one digest.
DUE_MAX = 20_000


class CallOverdue:
    """
    Changes duty, stage, due_change, notice, notice_item.

    Publishes ``DutyBecameOverdue``, ``DutyMet``, and what ``ReconcileDuties`` does.
    """

    def __init__(self, database: Database, open_store: OpenDutyStore) -> None:
        self._database = database
        self._open_store = open_store

    async def __call__(self, rules: DutyRules, complete: Completeness) -> bool:
        """Process the duties that can be judged; return whether there were any."""
        async with self._database.transaction() as connection:
            store = self._open_store(connection)
            if not await store.due(complete, 1):
                return False  # without a lock, every second
            await store.lock_exclusive()
            due = await store.due(complete, DUE_MAX)
            now = await store.now()
            # Reference data may have changed while a duty was met that a withdrawal reopened.
            reconciled = reconcile(due, rules.obligations, now)
            changes = merged((reconciled, call_overdue(applied(due, reconciled), complete)))
            await store.save(changes)
            overdue = [it.slot for it in changes.duties.values() if it.state is DutyState.OVERDUE]
            await store.enter_stage(overdue, NoticeStage.OVERDUE, complete.as_of)
            plan = await plan_notices(connection, applied(due, changes), rules.audience, now)
            await NoticeStore(connection).save_plan(plan)
        return True
