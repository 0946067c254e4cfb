"""The docket in PostgreSQL: set-based statements of ``docket.sql`` on one connection."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg

from services.notifier.domain.attempts import Ending, Outcome, Sequel
from services.notifier.domain.digest import Claimed
from services.notifier.domain.duties import Changes, DueChange, Duty, Entry, Filing, Slot, State
from services.notifier.domain.scan import Desk, Plan, Recipient, Told
from services.notifier.store.docket import Moment
from shared.contracts.duties import DutyEvent, NoticeSent
from shared.contracts.topics import DUTIES
from shared.infra.kafka.outbox import Outgoing, write_outbox
from shared.infra.postgres.database import Connection, load_queries
from shared.infra.postgres.locks import AdvisoryLock

QUERIES = load_queries(Path(__file__).parent / "docket.sql")
_SOURCE = "qcdc/notifier"


class PostgresDocket:
    """One transaction's view of the docket; *partition_of* places a province on the topic."""

    def __init__(self, connection: Connection, partition_of: Callable[[str], int]) -> None:
        self._connection = connection
        self._partition_of = partition_of

    async def moment(self) -> Moment:
        """Read the clock and the watermark."""
        row = await self._connection.fetchrow(QUERIES["moment"])
        return Moment(row["now"], row["watermark"])

    async def raise_watermark(self, to: datetime) -> None:
        """Move the watermark forward; it never goes back."""
        await self._connection.execute(QUERIES["raise_watermark"], to)

    async def share(self) -> None:
        """Hold off openings and scans until this transaction ends; others may share."""
        await self._connection.execute(QUERIES["share"], AdvisoryLock.PLAN)

    async def reserve(self) -> None:
        """Hold off everybody else's changes of duties until this transaction ends."""
        await self._connection.execute(QUERIES["reserve"], AdvisoryLock.PLAN)

    async def entries(self, slots: Collection[Slot]) -> Mapping[Slot, Entry]:
        """Return what is known of these slots."""
        rows = await self._connection.fetch(QUERIES["entries"], *_columns(slots))
        return {_slot(row): _entry(row) for row in rows}

    async def due(self, before: datetime, limit: int) -> Sequence[Entry]:
        """Return open duties due before an instant, the longest due first; reads no others."""
        # Two statements: joined, a cached plan may read all filings to find those of few duties.
        rows = await self._connection.fetch(QUERIES["due"], before, limit)
        slots = [_slot(row) for row in rows]
        entries = await self.entries(slots) if slots else {}
        return [entries[slot] for slot in slots]

    async def unmet(self, beyond: Slot | None, limit: int) -> Sequence[Duty]:
        """Return duties that are not met, in the order of their slots, from beyond one on."""
        place = (beyond.unit, beyond.form, beyond.period) if beyond else ("", "", "")
        return [_duty(row) for row in await self._connection.fetch(QUERIES["unmet"], *place, limit)]

    async def missing(self, slots: Collection[Slot]) -> Collection[Slot]:
        """Return those of these slots that have no duty."""
        rows = await self._connection.fetch(QUERIES["missing"], *_columns(slots))
        return {_slot(row) for row in rows}

    async def change(self, changes: Changes) -> None:
        """Save what a decision changes and publish what it tells."""
        if changes.filings:
            await self._connection.execute(
                QUERIES["file"],
                *_columns(changes.filings),
                [it.revision for it in changes.filings.values()],
                [it.first_received_at for it in changes.filings.values()],
                [it.on_time for it in changes.filings.values()],
            )
        if changes.duties:
            duties = changes.duties.values()
            await self._connection.execute(
                QUERIES["put_duties"],
                *_columns(changes.duties),
                [it.province for it in duties],
                [it.committee for it in duties],
                [it.due_at for it in duties],
                [it.deadline_rule for it in duties],
                [it.state for it in duties],
                [it.turn for it in duties],
            )
        await self._log_due_changes(changes.due_changes)
        await self.publish(changes.events)

    async def enter_stage(self, slots: Collection[Slot], stage: str, at: datetime) -> None:
        """Record that duties reached a stage; the first time holds."""
        await self._connection.execute(QUERIES["enter_stage"], *_columns(slots), stage, at)

    async def told(self, slots: Collection[Slot], stage: str) -> Told:
        """Return who has an item about these slots at a stage already."""
        rows = await self._connection.fetch(QUERIES["told"], *_columns(slots), stage)
        return {(_slot(row), row["recipient"], row["channel"]) for row in rows}

    async def desks(self, recipients: Collection[Recipient]) -> Mapping[Recipient, Desk]:
        """Return what lies ready for each recipient."""
        who = (
            [it.committee for it in recipients],
            [it.address for it in recipients],
            [it.channel for it in recipients],
        )
        collecting: dict[Recipient, str] = {}
        for row in await self._connection.fetch(QUERIES["collecting"], *who):
            collecting.setdefault(_recipient(row), row["notice_id"])
        sent = {
            _recipient(row): row["sent_at"]
            for row in await self._connection.fetch(QUERIES["last_sent"], *who)
        }
        return {it: Desk(collecting.get(it), sent.get(it)) for it in recipients}

    async def plan(self, plan: Plan) -> None:
        """Save notices and their items."""
        await self._connection.execute(
            QUERIES["plan_notices"],
            [it.notice_id for it in plan.notices],
            [it.recipient.committee for it in plan.notices],
            [it.recipient.address for it in plan.notices],
            [it.recipient.channel for it in plan.notices],
            [it.send_after for it in plan.notices],
        )
        await self._connection.execute(
            QUERIES["plan_items"],
            [it.notice_id for it in plan.items],
            *_columns([it.slot for it in plan.items]),
            [it.due_at for it in plan.items],
            [it.stage for it in plan.items],
            [it.recipient.address for it in plan.items],
            [it.recipient.channel for it in plan.items],
        )

    async def anything_to_send(self) -> bool:
        """Tell whether a notice may be claimed now."""
        return bool(await self._connection.fetchval(QUERIES["anything_to_send"]))

    async def claim(self, limit: int, lease: timedelta) -> Sequence[Claimed]:
        """Take notices to send; an attempt whose lease ran out is logged as unknown."""
        free = await self._connection.fetch(QUERIES["claimable"], limit)
        wanted = [row["notice_id"] for row in free]
        await self._connection.execute(QUERIES["log_lost_attempts"], wanted)
        leased = await self._connection.fetch(QUERIES["lease"], wanted, lease)
        duties: dict[str, list[Duty]] = {}
        for row in await self._connection.fetch(QUERIES["items"], wanted):
            duties.setdefault(row["notice_id"], []).append(_duty(row))
        return [
            Claimed(
                row["notice_id"],
                _recipient(row),
                row["attempts"],
                tuple(duties.get(row["notice_id"], ())),
            )
            for row in leased
        ]

    async def count_met(self, form: str, period: str, units: Collection[str]) -> int:
        """Count the units whose duty is met."""
        counted = await self._connection.fetchval(QUERIES["count_met"], form, period, list(units))
        return int(counted)

    async def leave_out(self, notice_id: str, slots: Collection[Slot]) -> None:
        """Take settled duties out of a notice that is about to be sent."""
        await self._connection.execute(QUERIES["leave_out"], notice_id, *_columns(slots))

    async def call_off(self, claimed: Claimed, detail: str) -> None:
        """Cancel a notice that has nobody left to name."""
        await self._connection.execute(QUERIES["call_off"], claimed.notice_id)
        await self._log(claimed, "cancelled", detail)

    async def write_down(self, notice_id: str, message_id: str, subject: str, body: str) -> str:
        """Keep what is about to be sent; return the message id, which never changes."""
        await self._connection.execute(QUERIES["write_down_due"], notice_id)
        return str(
            await self._connection.fetchval(
                QUERIES["write_down"], notice_id, message_id, subject, body
            )
        )

    async def settle(self, claimed: Claimed, outcome: Outcome, sequel: Sequel) -> datetime | None:
        """Log how an attempt ended and let the notice follow, unless a later one has begun."""
        await self._log(claimed, outcome.ending, outcome.detail)
        settled: datetime | None = await self._connection.fetchval(
            QUERIES["settle"],
            claimed.notice_id,
            claimed.attempt,
            sequel.state,
            outcome.ending is Ending.DOUBTFUL,
            sequel.pause,
        )
        return settled

    async def publish(self, events: Iterable[DutyEvent | NoticeSent]) -> None:
        """Publish in this transaction, to the partition of each event's province."""
        await write_outbox(
            self._connection,
            [
                Outgoing(DUTIES, it.province, it, _SOURCE, self._partition_of(it.province))
                for it in events
            ],
        )

    async def _log_due_changes(self, changes: Sequence[DueChange]) -> None:
        if changes:
            await self._connection.execute(
                QUERIES["log_due_changes"],
                *_columns(it.slot for it in changes),
                [it.was for it in changes],
                [it.becomes for it in changes],
                [it.rule for it in changes],
                [it.because for it in changes],
                [it.document for it in changes],
                [it.at for it in changes],
            )

    async def _log(self, claimed: Claimed, outcome: str, detail: str) -> None:
        await self._connection.execute(
            QUERIES["log_attempt"], claimed.notice_id, claimed.attempt, outcome, detail
        )


def _columns(slots: Iterable[Slot]) -> tuple[list[str], list[str], list[str]]:
    wanted = list(slots)
    return (
        [it.unit for it in wanted],
        [it.form for it in wanted],
        [it.period for it in wanted],
    )


def _slot(row: asyncpg.Record) -> Slot:
    return Slot(row["unit"], row["form"], row["period"])


def _recipient(row: asyncpg.Record) -> Recipient:
    return Recipient(row["committee"], row["recipient"], row["channel"])


def _entry(row: asyncpg.Record) -> Entry:
    filed, owed = row["revision"] is not None, row["state"] is not None
    return Entry(
        Filing(row["revision"], row["first_received_at"], row["on_time"]) if filed else None,
        _duty(row) if owed else None,
    )


def _duty(row: asyncpg.Record) -> Duty:
    return Duty(
        _slot(row),
        row["province"],
        row["committee"],
        row["due_at"],
        row["deadline_rule"],
        State(row["state"]),
        row["turn"],
    )
