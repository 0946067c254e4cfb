"""Plan the notices of overdue duties; part of the transaction that made them overdue."""

from collections.abc import Sequence
from datetime import date, datetime

from services.notifier.domain.audience import Audience, overdue_by_recipient
from services.notifier.domain.duties import SlotRecord
from services.notifier.domain.notices import DigestPlan, NoticeStage, plan_digests
from services.notifier.store.notices import NoticeStore
from shared.infra.postgres.database import Connection
from shared.reference.periods import VIETNAM


async def plan_notices(
    connection: Connection, records: Sequence[SlotRecord], audience: Audience, now: datetime
) -> DigestPlan:
    """Return the plan that notifies today's recipients of the overdue duties among *records*."""
    overdue = overdue_by_recipient(records, audience, vietnamese_day(now))
    slots = {it.duty.slot for duties in overdue.values() for it in duties}
    if not slots:
        return DigestPlan()
    store = NoticeStore(connection)
    stage = NoticeStage.OVERDUE
    named = await store.named(slots, stage)
    return plan_digests(stage, overdue, named, await store.pending_digests(overdue), now)


def vietnamese_day(instant: datetime) -> date:
    """Return the day of an instant in Vietnam; roles hold by that day."""
    return instant.astimezone(VIETNAM).date()
