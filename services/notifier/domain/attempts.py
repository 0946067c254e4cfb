"""
The life of a notice: how an attempt to send it can end, what follows, and when it is tried again.

``TRANSITIONS`` is the whole state machine; the diagram in docs/ARCHITECTURE.md is generated from
it. A recipient was notified only by what was sent: a failed notice keeps its duties and is tried
again for as long as one of them is overdue (docs/decisions/0016-told-means-sent.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# Minutes; together just under four hours, the span of GOV.UK Notify (48 tries, 5 minutes apart).
_SOON = (1, 5, 15, 30, 30, 30, 30, 30, 30, 30)
# Hours; after that once a day.
_LATER = (1, 2, 4, 8, 16)
_DAILY = timedelta(days=1)


class DeliveryStatus(StrEnum):
    """How an attempt ended."""

    TAKEN = "taken"
    """The other side has taken the message over."""
    PUT_OFF = "put_off"
    """It certainly has not."""
    REFUSED = "refused"
    """Nor has it, and says that it never will; a relay says so too while it is misconfigured."""
    DOUBTFUL = "doubtful"
    """It may have: the connection broke, or sending raised; another attempt may repeat it."""
    IMPOSSIBLE = "impossible"
    """No message could be made: its address, or a fault of ours while writing it."""


class NoticeState(StrEnum):
    """The states of a notice; a failed one is tried again, and an operator is told of it."""

    PLANNED = "planned"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


class NoticeTrigger(StrEnum):
    """What moves a notice from state to state."""

    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    NOT_TAKEN_FOR_HOURS = "not_taken_for_hours"
    IMPOSSIBLE = "impossible"
    NOTHING_TO_SAY = "nothing_to_say"


INITIAL_STATE = NoticeState.PLANNED
TRANSITIONS: Mapping[tuple[NoticeState, NoticeTrigger], NoticeState] = {
    (NoticeState.PLANNED, NoticeTrigger.TAKEN): NoticeState.SENT,
    (NoticeState.PLANNED, NoticeTrigger.NOT_TAKEN): NoticeState.PLANNED,
    (NoticeState.PLANNED, NoticeTrigger.NOT_TAKEN_FOR_HOURS): NoticeState.FAILED,
    (NoticeState.PLANNED, NoticeTrigger.IMPOSSIBLE): NoticeState.FAILED,
    (NoticeState.PLANNED, NoticeTrigger.NOTHING_TO_SAY): NoticeState.CANCELLED,
    (NoticeState.FAILED, NoticeTrigger.TAKEN): NoticeState.SENT,
    # Until it was sent, so that a complaint does not come and go with every attempt.
    (NoticeState.FAILED, NoticeTrigger.NOT_TAKEN): NoticeState.FAILED,
    (NoticeState.FAILED, NoticeTrigger.NOT_TAKEN_FOR_HOURS): NoticeState.FAILED,
    (NoticeState.FAILED, NoticeTrigger.IMPOSSIBLE): NoticeState.FAILED,
    (NoticeState.FAILED, NoticeTrigger.NOTHING_TO_SAY): NoticeState.CANCELLED,
}
UNSENT = (NoticeState.PLANNED, NoticeState.FAILED)
"""The states in which a notice is attempted."""


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """How an attempt ended, and the other side's answer or the error as text."""

    status: DeliveryStatus
    detail: str


@dataclass(frozen=True, slots=True)
class NextNoticeState:
    """The state of a notice after an attempt; an unsent one is retried after ``retry_delay``."""

    state: NoticeState
    retry_delay: timedelta = timedelta()


def after_attempt(state: NoticeState, status: DeliveryStatus, attempt: int) -> NextNoticeState:
    """
    Return the state of an unsent notice after an attempt that ended with this status.

    *attempt* counts from 1, and anew when an operator, a new item or a mail that arrived gives
    reason to begin again.
    """
    trigger = _trigger(status, attempt)
    following = TRANSITIONS[state, trigger]
    if trigger is NoticeTrigger.TAKEN:
        return NextNoticeState(following)
    if trigger is NoticeTrigger.IMPOSSIBLE:
        return NextNoticeState(following, _DAILY)
    return NextNoticeState(following, _delay(attempt))


def _trigger(status: DeliveryStatus, attempt: int) -> NoticeTrigger:
    if status is DeliveryStatus.TAKEN:
        return NoticeTrigger.TAKEN
    if status is DeliveryStatus.IMPOSSIBLE:
        return NoticeTrigger.IMPOSSIBLE
    return NoticeTrigger.NOT_TAKEN if attempt <= len(_SOON) else NoticeTrigger.NOT_TAKEN_FOR_HOURS


def _delay(attempt: int) -> timedelta:
    if attempt <= len(_SOON):
        return timedelta(minutes=_SOON[attempt - 1])
    later = attempt - len(_SOON)
    return timedelta(hours=_LATER[later - 1]) if later <= len(_LATER) else _DAILY
