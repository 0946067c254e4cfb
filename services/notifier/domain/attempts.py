"""How an attempt to send a notice can end, and the state of the notice afterwards."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# Minutes; together just under four hours, the span of GOV.UK Notify (48 tries, 5 minutes apart).
_RETRY_DELAYS = (1, 5, 15, 30, 30, 30, 30, 30, 30, 30)


class DeliveryStatus(StrEnum):
    """How an attempt ended."""

    TAKEN = "taken"
    """The other side has taken the message over."""
    PUT_OFF = "put_off"
    """It certainly has not; trying again may help."""
    DOUBTFUL = "doubtful"
    """The connection broke where it may have; trying again may repeat the message."""
    REFUSED = "refused"
    """It never will."""


class NoticeState(StrEnum):
    """The states of a notice."""

    PLANNED = "planned"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """How an attempt ended, and the other side's answer or the error as text."""

    status: DeliveryStatus
    detail: str


@dataclass(frozen=True, slots=True)
class NextNoticeState:
    """The state of a notice after an attempt; a planned one is retried after ``retry_delay``."""

    state: NoticeState
    retry_delay: timedelta = timedelta()


def after_attempt(status: DeliveryStatus, attempt: int) -> NextNoticeState:
    """Return the state after this attempt, counted from 1, ended with this status."""
    if status is DeliveryStatus.TAKEN:
        return NextNoticeState(NoticeState.SENT)
    if status is DeliveryStatus.REFUSED or attempt > len(_RETRY_DELAYS):
        return NextNoticeState(NoticeState.FAILED)
    return NextNoticeState(NoticeState.PLANNED, timedelta(minutes=_RETRY_DELAYS[attempt - 1]))
