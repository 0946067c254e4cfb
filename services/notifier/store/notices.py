"""Notices and the log of their delivery in PostgreSQL: the statements of ``notices.sql``."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from services.notifier.domain.attempts import (
    DeliveryStatus,
    NextNoticeState,
    NoticeState,
    SendOutcome,
)
from services.notifier.domain.audience import Recipient
from services.notifier.domain.duties import Duty
from services.notifier.domain.notices import (
    ClaimedNotice,
    DigestPlan,
    FailedNotice,
    NamedKey,
    NoticeStage,
    PendingDigest,
)
from services.notifier.store.rows import (
    duty_of,
    recipient_columns,
    recipient_of,
    slot_columns,
    slot_of,
)
from shared.contracts.event import derived_id
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, load_queries
from shared.reference.slots import Slot

QUERIES = load_queries(Path(__file__).parent / "notices.sql")


class NoticeStore:
    """Notices within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def named(self, slots: Collection[Slot], stage: NoticeStage) -> Collection[NamedKey]:
        """Return to whom a notice names these slots at a stage, sent or still to be sent."""
        rows = await self._connection.fetch(QUERIES["named"], *slot_columns(slots), stage)
        return {NamedKey(slot_of(row), row["recipient"], row["channel"]) for row in rows}

    async def pending_digests(
        self, recipients: Collection[Recipient]
    ) -> Mapping[Recipient, PendingDigest]:
        """Return each recipient's open notice, and what is known of the earlier ones."""
        columns = recipient_columns(recipients)
        unsent: dict[Recipient, tuple[str, bool]] = {}
        for row in await self._connection.fetch(QUERIES["open_digests"], *columns):
            unsent.setdefault(recipient_of(row), (row["notice_id"], row["failed"]))
        earlier = {
            recipient_of(row): (row["last_sent_at"], row["notices"])
            for row in await self._connection.fetch(QUERIES["earlier"], *columns)
        }
        digests = {}
        for recipient in recipients:
            notice_id, failed = unsent.get(recipient, (None, False))
            last_sent_at, notices = earlier.get(recipient, (None, 0))
            digests[recipient] = PendingDigest(notice_id, last_sent_at, failed, notices)
        return digests

    async def save_plan(self, plan: DigestPlan) -> None:
        """Save notices and their items."""
        notices = [
            (
                notice.notice_id,
                notice.recipient.committee,
                notice.recipient.address,
                notice.recipient.channel,
                notice.send_after,
            )
            for notice in plan.notices
        ]
        await self._connection.execute(QUERIES["save_notices"], *columns(notices, 5))
        items = [
            (
                item.notice_id,
                *item.slot,
                item.due_at,
                item.stage,
                item.recipient.address,
                item.recipient.channel,
            )
            for item in plan.items
        ]
        await self._connection.execute(QUERIES["save_items"], *columns(items, 8))

    async def anything_to_send(self) -> bool:
        """Tell whether a notice may be claimed now."""
        return bool(await self._connection.fetchval(QUERIES["anything_to_send"]))

    async def claim(self, limit: int, lease: timedelta) -> Sequence[ClaimedNotice]:
        """
        Lease notices for sending; no other process gets them until the lease ends.

        A notice whose earlier lease ran out may have been sent: the log says "unknown".
        """
        rows = await self._connection.fetch(QUERIES["claimable"], limit)
        notice_ids = [row["notice_id"] for row in rows]
        await self._connection.execute(QUERIES["log_lost_attempts"], notice_ids)
        leased = await self._connection.fetch(QUERIES["lease"], notice_ids, lease)
        duties: dict[str, list[Duty]] = {it: [] for it in notice_ids}
        for row in await self._connection.fetch(QUERIES["claimed_duties"], notice_ids):
            duties[row["notice_id"]].append(duty_of(row))
        return [
            ClaimedNotice(
                row["notice_id"],
                recipient_of(row),
                NoticeState(row["state"]),
                row["attempts"],
                row["attempt_of_plan"],
                tuple(duties[row["notice_id"]]),
            )
            for row in leased
        ]

    async def leave_out(self, notice_id: str, slots: Collection[Slot]) -> None:
        """Take duties out of a notice that is about to be sent."""
        await self._connection.execute(QUERIES["leave_out"], notice_id, *slot_columns(slots))

    async def postpone(self, claimed: ClaimedNotice, by: timedelta) -> None:
        """End a lease as if the notice had not been claimed; it may be claimed again later."""
        await self._connection.execute(QUERIES["postpone"], claimed.notice_id, by)

    async def split(self, claimed: ClaimedNotice, slots: Collection[Slot], by: timedelta) -> None:
        """Move duties of a claimed notice to a notice of their own, which is sent later."""
        notice_id = derived_id("held", claimed.notice_id, claimed.attempt)
        columns = slot_columns(slots)
        await self._connection.execute(QUERIES["split"], claimed.notice_id, notice_id, by, *columns)

    async def cancel(self, claimed: ClaimedNotice, reason: str) -> None:
        """Cancel a notice that names no duty any more."""
        await self._connection.execute(QUERIES["cancel"], claimed.notice_id)
        await self._log(claimed, "cancelled", reason)

    async def save_mail(self, notice_id: str, message_id: str, subject: str, body: str) -> str:
        """Save what is about to be sent; return the first message id, which never changes."""
        await self._connection.execute(QUERIES["save_due_instants"], notice_id)
        return str(
            await self._connection.fetchval(
                QUERIES["save_mail"], notice_id, message_id, subject, body
            )
        )

    async def end_attempt(
        self, claimed: ClaimedNotice, outcome: SendOutcome, following: NextNoticeState
    ) -> datetime | None:
        """
        Log how an attempt ended, and set the notice's state unless a later attempt has begun.

        Returns the present instant, None when a later attempt has begun.
        """
        await self._log(claimed, outcome.status, outcome.detail)
        ended_at: datetime | None = await self._connection.fetchval(
            QUERIES["end_attempt"],
            claimed.notice_id,
            claimed.attempt,
            following.state,
            outcome.status is DeliveryStatus.DOUBTFUL,
            following.retry_delay,
        )
        return ended_at

    async def failed(self) -> Sequence[FailedNotice]:
        """Return the failed notices, the oldest first."""
        rows = await self._connection.fetch(QUERIES["failed"])
        return [
            FailedNotice(it["notice_id"], recipient_of(it), it["anything_to_say"]) for it in rows
        ]

    async def retry(self, notice_ids: Collection[str]) -> Collection[str]:
        """Let failed notices be attempted now, and their plan begin anew; return which."""
        rows = await self._connection.fetch(QUERIES["retry"], list(notice_ids))
        return {row["notice_id"] for row in rows}

    async def retry_after_success(self, recipient: Recipient, delay: timedelta) -> None:
        """Let what failed for an address be attempted after *delay*: it has just been reached."""
        await self._connection.execute(
            QUERIES["retry_after_success"], recipient.address, recipient.channel, delay
        )

    async def _log(self, claimed: ClaimedNotice, outcome: str, detail: str) -> None:
        await self._connection.execute(
            QUERIES["log_attempt"], claimed.notice_id, claimed.attempt, outcome, detail
        )
