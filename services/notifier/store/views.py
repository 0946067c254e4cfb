"""The port through which people look at duties and notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pydantic import BaseModel

from services.notifier.domain.duties import Because, State


class NamedUnit(BaseModel):
    """A unit that a notice names, and what it owed."""

    unit: str
    name: str
    form: str
    period: str
    due_at: datetime


class Attempt(BaseModel):
    """One line of the delivery log."""

    attempt: int
    at: datetime
    outcome: str
    detail: str


class NoticeView(BaseModel):
    """A notice as it stands; ``subject`` and ``body`` are null until it is first sent."""

    notice_id: str
    committee: str
    recipient: str
    channel: str
    state: str
    message_id: str | None
    subject: str | None
    body: str | None
    units: list[NamedUnit]
    created_at: datetime
    send_after: datetime
    sent_at: datetime | None
    attempts: list[Attempt]


class DueChangeView(BaseModel):
    """How a due instant moved; ``document`` is empty where none is cited."""

    was: datetime
    becomes: datetime
    rule: str
    because: Because
    document: str
    at: datetime


class DutyView(BaseModel):
    """
    A duty as it stands; ``on_time`` is null until it is met.

    ``valid_to`` is the last day of a unit that has one: names are used again. ``due_changes`` are
    in the order of time.
    """

    unit: str
    name: str
    valid_to: date | None
    province: str
    form: str
    period: str
    committee: str
    due_at: datetime
    deadline_rule: str
    state: State
    first_received_at: datetime | None
    on_time: bool | None
    due_changes: list[DueChangeView]


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """Which duties; None is any."""

    unit: str | None
    form: str | None
    period: str | None
    state: State | None


class Views(Protocol):
    """What can be looked at."""

    async def notices(
        self, committee: str | None, unit: str | None, limit: int
    ) -> Sequence[NoticeView]:
        """Return notices, newest first."""

    async def duties(self, which: DutyFilter, limit: int) -> Sequence[DutyView]:
        """Return duties, the first due first."""
