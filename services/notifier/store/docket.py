"""The port through which everything here reads and changes what is owed and what is told."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.notifier.domain.attempts import Outcome, Sequel
from services.notifier.domain.digest import Claimed
from services.notifier.domain.duties import Changes, Duty, Entry, Slot
from services.notifier.domain.scan import Desk, Plan, Recipient, Told
from shared.contracts.duties import DutyEvent, NoticeSent
from shared.infra.postgres.database import Connection


@dataclass(frozen=True, slots=True)
class Moment:
    """The database's clock, and how far intake has said that it is done."""

    now: datetime
    watermark: datetime | None


class Docket(Protocol):
    """Duties, filings and notices, within one transaction."""

    async def moment(self) -> Moment:
        """Read the clock and the watermark."""

    async def raise_watermark(self, to: datetime) -> None:
        """Move the watermark forward; it never goes back."""

    async def share(self) -> None:
        """Hold off openings and scans until this transaction ends; others may share."""

    async def reserve(self) -> None:
        """Hold off everybody else's changes of duties until this transaction ends."""

    async def entries(self, slots: Collection[Slot]) -> Mapping[Slot, Entry]:
        """Return what is known of these slots."""

    async def due(self, before: datetime, limit: int) -> Sequence[Entry]:
        """Return open duties due before an instant, the longest due first; reads no others."""

    async def unmet(self, beyond: Slot | None, limit: int) -> Sequence[Duty]:
        """Return duties that are not met, in the order of their slots, from beyond one on."""

    async def missing(self, slots: Collection[Slot]) -> Collection[Slot]:
        """Return those of these slots that have no duty."""

    async def change(self, changes: Changes) -> None:
        """Save what a decision changes and publish what it tells."""

    async def enter_stage(self, slots: Collection[Slot], stage: str, at: datetime) -> None:
        """Record that duties reached a stage; the first time holds."""

    async def told(self, slots: Collection[Slot], stage: str) -> Told:
        """Return who has an item about these slots at a stage already."""

    async def desks(self, recipients: Collection[Recipient]) -> Mapping[Recipient, Desk]:
        """Return what lies ready for each recipient."""

    async def plan(self, plan: Plan) -> None:
        """Save notices and their items."""

    async def anything_to_send(self) -> bool:
        """Tell whether a notice may be claimed now."""

    async def claim(self, limit: int, lease: timedelta) -> Sequence[Claimed]:
        """
        Take notices to send; nobody else gets them until the lease ends.

        A notice whose earlier lease ran out may have been sent: the log says so.
        """

    async def count_met(self, form: str, period: str, units: Collection[str]) -> int:
        """Count the units whose duty is met."""

    async def leave_out(self, notice_id: str, slots: Collection[Slot]) -> None:
        """Take settled duties out of a notice that is about to be sent."""

    async def call_off(self, claimed: Claimed, detail: str) -> None:
        """Cancel a notice that has nobody left to name."""

    async def write_down(self, notice_id: str, message_id: str, subject: str, body: str) -> str:
        """Keep what is about to be sent; return the message id, which never changes."""

    async def settle(self, claimed: Claimed, outcome: Outcome, sequel: Sequel) -> datetime | None:
        """
        Log how an attempt ended and let the notice follow, unless a later attempt has begun.

        Returns the present instant, None when a later attempt has begun.
        """

    async def publish(self, events: Iterable[DutyEvent | NoticeSent]) -> None:
        """Publish in this transaction; each event names its province."""


OpenDocket = Callable[[Connection], Docket]
"""Gives the docket as one transaction sees it."""
