"""List notices: who was notified of what, with the log of every attempt."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel

from services.notifier.domain.attempts import NoticeState
from services.notifier.store.views import ViewStore
from shared.reference.directory import Directory


class NamedUnit(BaseModel):
    """A unit that a notice names, and what it owed."""

    unit: str
    name: str
    form: str
    period: str
    due_at: datetime


class DeliveryAttempt(BaseModel):
    """One line of the delivery log."""

    attempt: int
    at: datetime
    outcome: str
    detail: str


class NoticeView(BaseModel):
    """A notice in its present state; ``subject`` and ``body`` are null until it is first sent."""

    notice_id: str
    committee: str
    recipient: str
    channel: str
    state: NoticeState
    message_id: str | None
    subject: str | None
    body: str | None
    units: list[NamedUnit]
    created_at: datetime
    send_after: datetime
    sent_at: datetime | None
    attempts: list[DeliveryAttempt]


class Notices(BaseModel):
    """Notices, newest first."""

    notices: list[NoticeView]


class ListNotices:
    """Reads notice, notice_item and delivery_attempt; names come from the directory."""

    def __init__(self, views: ViewStore, directory: Callable[[], Directory]) -> None:
        self._views = views
        self._directory = directory

    async def __call__(
        self,
        limit: int,
        *,
        committee: str | None = None,
        unit: str | None = None,
        state: NoticeState | None = None,
    ) -> Notices:
        """Return at most *limit* notices, newest first; a filter that is None is any."""
        rows = await self._views.notices(committee, unit, state, limit)
        directory = self._directory()
        units: dict[str, list[NamedUnit]] = defaultdict(list)
        attempts: dict[str, list[DeliveryAttempt]] = defaultdict(list)
        for row in rows.units:
            owner = directory.get(row["unit"])
            named = NamedUnit(**row, name=owner.name if owner else row["unit"])
            units[row["notice_id"]].append(named)
        for row in rows.attempts:
            attempts[row["notice_id"]].append(DeliveryAttempt(**row))
        return Notices(
            notices=[
                NoticeView(**it, units=units[it["notice_id"]], attempts=attempts[it["notice_id"]])
                for it in rows.notices
            ]
        )
