"""How an attempt to send a notice can end, and what follows from that."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# Minutes; together just under four hours, the span of GOV.UK Notify (48 tries, 5 minutes apart).
_PAUSES = (1, 5, 15, 30, 30, 30, 30, 30, 30, 30)


class Ending(StrEnum):
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
    """How a notice stands."""

    PLANNED = "planned"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended, in the other side's words."""

    ending: Ending
    detail: str


@dataclass(frozen=True, slots=True)
class Sequel:
    """How the notice stands after an attempt; a planned one is tried again after ``pause``."""

    state: NoticeState
    pause: timedelta = timedelta()


def after(ending: Ending, attempt: int) -> Sequel:
    """Return what follows when this attempt, counted from 1, ended so."""
    if ending is Ending.TAKEN:
        return Sequel(NoticeState.SENT)
    if ending is Ending.REFUSED or attempt > len(_PAUSES):
        return Sequel(NoticeState.FAILED)
    return Sequel(NoticeState.PLANNED, timedelta(minutes=_PAUSES[attempt - 1]))
