"""
Notices: one digest for each recipient, with everything of which it was not notified yet.

A recipient gets one message an hour at most, however many units are late.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.notifier.domain.attempts import NoticeState
from services.notifier.domain.audience import OverdueByRecipient, OverdueDuty, Recipient
from services.notifier.domain.duties import Duty, DutyState
from shared.contracts.event import derived_id
from shared.reference.slots import Slot

DIGEST_INTERVAL = timedelta(hours=1)


class NoticeStage(StrEnum):
    """The steps of the ladder of reminders, in order."""

    OVERDUE = "overdue"


class NamedKey(NamedTuple):
    """A slot and an address to which a notice names it, sent or still to be sent."""

    slot: Slot
    address: str
    channel: str


@dataclass(frozen=True, slots=True)
class PendingDigest:
    """
    A recipient's notice that still takes items, if any, and when the last one was sent.

    ``failed`` tells whether that notice waits for a distant attempt, ``earlier`` how many notices
    the recipient has had, the open one included.
    """

    notice_id: str | None = None
    last_sent_at: datetime | None = None
    failed: bool = False
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class NewNotice:
    """
    A notice to create, or a failed one to try again at ``send_after``.

    ``notice_id`` derives from its first item and the number of earlier notices.
    """

    notice_id: str
    recipient: Recipient
    send_after: datetime


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """A duty at a stage, named in a notice, with its due instant at that time."""

    notice_id: str
    slot: Slot
    due_at: datetime
    stage: NoticeStage
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """Notices and items to save."""

    notices: tuple[NewNotice, ...] = ()
    items: tuple[NoticeItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """
    A notice leased for sending, and the duties it names, in their present state.

    ``attempt`` counts all attempts from 1, ``attempt_of_plan`` those since the plan began.
    """

    notice_id: str
    recipient: Recipient
    state: NoticeState
    attempt: int
    attempt_of_plan: int
    duties: tuple[Duty, ...]

    @property
    def overdue(self) -> tuple[Duty, ...]:
        """The duties that are still overdue: only these may be named."""
        return tuple(it for it in self.duties if it.state is DutyState.OVERDUE)

    @property
    def settled(self) -> tuple[Slot, ...]:
        """The slots to leave out: reported, postponed or excused since the notice was planned."""
        return tuple(it.slot for it in self.duties if it.state is not DutyState.OVERDUE)


@dataclass(frozen=True, slots=True)
class FailedNotice:
    """A failed notice; ``anything_to_say`` tells whether a duty that it names is overdue."""

    notice_id: str
    recipient: Recipient
    anything_to_say: bool


def plan_digests(
    stage: NoticeStage,
    overdue: OverdueByRecipient,
    named: Collection[NamedKey],
    pending: Mapping[Recipient, PendingDigest],
    now: datetime,
) -> DigestPlan:
    """
    Return the notices and items for what no notice to a recipient names at a stage.

    A notice sent while another due instant held is not in *named*: the unit is late anew, or the
    notice was wrong.
    """
    notices: list[NewNotice] = []
    items: list[NoticeItem] = []
    taken = set(named)
    for recipient, duties in sorted(overdue.items()):
        fresh = [it for it in duties if _key(it.duty, recipient) not in taken]
        taken.update(_key(it.duty, recipient) for it in fresh)
        if not fresh:
            continue
        digest = pending.get(recipient, PendingDigest())
        notice_id = digest.notice_id
        if notice_id is None:
            first = min(fresh, key=lambda it: (it.duty.due_at, it.duty.slot))
            notice_id = _notice_id(stage, recipient, first, digest.earlier)
        if digest.notice_id is None or digest.failed:
            notices.append(NewNotice(notice_id, recipient, _send_after(digest, now)))
        items += [
            NoticeItem(notice_id, duty.slot, duty.due_at, stage, recipient) for duty, _ in fresh
        ]
    return DigestPlan(tuple(notices), tuple(items))


def _send_after(digest: PendingDigest, now: datetime) -> datetime:
    if digest.last_sent_at is None:
        return now
    return max(now, digest.last_sent_at + DIGEST_INTERVAL)


def _key(duty: Duty, recipient: Recipient) -> NamedKey:
    return NamedKey(duty.slot, recipient.address, recipient.channel)


def _notice_id(stage: NoticeStage, recipient: Recipient, first: OverdueDuty, earlier: int) -> str:
    """
    Return an id that no earlier notice to the recipient has.

    Not even one that was cancelled: it may have arrived, and its Message-ID follows from its id.
    """
    duty = first.duty
    return derived_id(
        "notice",
        recipient.committee,
        recipient.channel,
        recipient.address,
        *duty.slot,
        stage,
        duty.due_at.timestamp(),
        first.revision,
        duty.incarnation,
        earlier,
    )
