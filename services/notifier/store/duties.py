"""Duties and filings in PostgreSQL: the statements of ``duties.sql``."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from services.notifier.domain.changes import DueChange, DutyChanges
from services.notifier.domain.completeness import Completeness
from services.notifier.domain.duties import Duty, Filing, SlotRecord
from services.notifier.store.rows import duty_of, record_of, slot_columns, slot_of
from shared.contracts.duties import DutyEvent, NoticeSent
from shared.contracts.topics import DUTIES
from shared.infra.kafka.outbox import Outgoing, write_outbox
from shared.infra.postgres import locks
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, load_queries
from shared.infra.postgres.locks import AdvisoryLock
from shared.reference.slots import Slot

QUERIES = load_queries(Path(__file__).parent / "duties.sql")
_SOURCE = "qcdc/notifier"


class DutyStore:
    """
    Duties and filings within one transaction.

    *partition_of* returns the partition of ``qcdc.duties.v1`` for a province.
    """

    def __init__(self, connection: Connection, partition_of: Callable[[str], int]) -> None:
        self._connection = connection
        self._partition_of = partition_of

    async def now(self) -> datetime:
        """Read the clock of this transaction."""
        now: datetime = await self._connection.fetchval(QUERIES["now"])
        return now

    async def lock_shared(self) -> None:
        """Keep scans from changing duties until this transaction ends; filing goes on."""
        await locks.lock_shared(self._connection, AdvisoryLock.PLAN)

    async def lock_exclusive(self) -> None:
        """Keep all other transactions from changing duties until this one ends."""
        await locks.lock(self._connection, AdvisoryLock.PLAN)

    async def records(self, slots: Collection[Slot]) -> Mapping[Slot, SlotRecord]:
        """Return filing and duty of each of these slots."""
        rows = await self._connection.fetch(QUERIES["records"], *slot_columns(slots))
        return {slot_of(row): record_of(row) for row in rows}

    async def due(self, complete: Completeness, limit: int) -> Sequence[SlotRecord]:
        """Return open duties that can be judged, the longest due first; reads no others."""
        # Two statements: joined, a cached plan may read all filings to find those of few duties.
        held = columns([(unit, it.since) for unit, it in complete.held.items()], 2)
        rows = await self._connection.fetch(QUERIES["due"], complete.as_of, limit, *held)
        slots = [slot_of(row) for row in rows]
        records = await self.records(slots) if slots else {}
        return [records[slot] for slot in slots]

    async def unmet(self, after: Slot | None, limit: int) -> Sequence[Duty]:
        """Return duties that are not met, in the order of their slots, those after one."""
        key = after or ("", "", "")
        rows = await self._connection.fetch(QUERIES["unmet"], *key, limit)
        return [duty_of(row) for row in rows]

    async def missing(self, slots: Collection[Slot]) -> Collection[Slot]:
        """Return those of these slots that have no duty."""
        rows = await self._connection.fetch(QUERIES["missing"], *slot_columns(slots))
        return {slot_of(row) for row in rows}

    async def save(self, changes: DutyChanges) -> None:
        """Save the changes of a decision and publish its events."""
        if changes.filings:
            await self._save_filings(changes.filings)
        if changes.duties:
            await self._save_duties(changes.duties)
        if changes.due_changes:
            await self._save_due_changes(changes.due_changes)
        await self.publish(changes.events)

    async def enter_stage(self, slots: Collection[Slot], stage: str, at: datetime) -> None:
        """Record that duties reached a stage; the first record of a stage is kept."""
        await self._connection.execute(QUERIES["enter_stage"], *slot_columns(slots), stage, at)

    async def count_met(self, form: str, period: str, units: Collection[str]) -> int:
        """Count the units whose duty is met."""
        return int(await self._connection.fetchval(QUERIES["count_met"], form, period, list(units)))

    async def publish(self, events: Iterable[DutyEvent | NoticeSent]) -> None:
        """Publish in this transaction, to the partition of each event's province."""
        await write_outbox(
            self._connection,
            [
                Outgoing(DUTIES, it.province, it, _SOURCE, self._partition_of(it.province))
                for it in events
            ],
        )

    async def _save_filings(self, filings: Mapping[Slot, Filing]) -> None:
        rows = [
            (*slot, it.revision, it.first_received_at, it.on_time, it.backfilled)
            for slot, it in filings.items()
        ]
        await self._connection.execute(QUERIES["save_filings"], *columns(rows, 7))

    async def _save_duties(self, duties: Mapping[Slot, Duty]) -> None:
        rows = [
            (
                *slot,
                duty.province,
                duty.committee,
                duty.due_at,
                duty.deadline_rule,
                duty.state,
                duty.incarnation,
            )
            for slot, duty in duties.items()
        ]
        await self._connection.execute(QUERIES["save_duties"], *columns(rows, 9))

    async def _save_due_changes(self, due_changes: Sequence[DueChange]) -> None:
        rows = [
            (*it.slot, it.was, it.becomes, it.rule, it.because, it.document, it.at)
            for it in due_changes
        ]
        await self._connection.execute(QUERIES["save_due_changes"], *columns(rows, 9))


OpenDutyStore = Callable[[Connection], DutyStore]
"""Returns the store within a transaction."""
