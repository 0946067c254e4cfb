"""
Rejudging: the lateness of what was reported for a form and period, by the facts in force now.

Reads slots and journal; adds rejudgements to the journal, changes slots; publishes ReportAccepted
on ``qcdc.reports.v1``. Running it twice is running it once: the second time nothing differs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.loaded_state import ReadSet
from services.intake.domain.rejudgement import Rejudgement, rejudge
from services.intake.domain.republishing import published_again, with_place
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import JournalEntry, ReportSeries, SlotState
from services.intake.usecases.receive import ReceiveSubmissions
from shared.infra.errors import Misconfigured
from shared.infra.kafka.outbox import write_outbox
from shared.infra.postgres.database import Connection, Database
from shared.reference.periods import VIETNAM, parse_period
from shared.reference.slots import Slot

SLOTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RejudgeOrder:
    """What is to be judged again, and the document that orders it; no unit or area means all."""

    form: str
    period: str
    document: str
    unit: str | None = None
    area: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class RejudgedReport:
    """What judging again did, or would do, to one report."""

    unit: str
    revision: int
    due_at: tuple[datetime | None, datetime | None]
    deadline_rule: tuple[str | None, str | None]
    on_time: tuple[bool | None, bool | None]

    @property
    def line(self) -> str:
        """Say it in one line, by the clock of Vietnam."""
        clock = (at and at.astimezone(VIETNAM) for at in self.due_at)
        was, becomes = (f"{at:%Y-%m-%d %H:%M}" if at else "-" for at in clock)
        verdicts = {True: "on time", False: "late", None: "backfilled"}
        before, after = (verdicts[it] for it in self.on_time)
        return f"{self.unit}: {was} ({before}) -> {becomes} ({after}), {self.deadline_rule[1]}"


class RejudgeReports:
    """Carries an order out, some slots a transaction."""

    def __init__(
        self, database: Database, receive_submissions: ReceiveSubmissions, context: RuleContext
    ) -> None:
        self._database = database
        self._receive_submissions = receive_submissions
        self._context = context

    async def carry_out(self, order: RejudgeOrder) -> list[RejudgedReport]:
        """
        Judge again, and return what changed.

        Raises:
            Misconfigured: when the order names what nobody knows.

        """
        units = self._units(order)
        async with self._database.connection() as connection:
            keys = await self._receive_submissions.journal.filled(
                connection, order.form, order.period, units
            )
        changes: list[RejudgedReport] = []
        for first in range(0, len(keys), SLOTS_AT_ONCE):
            async with self._database.transaction() as connection:
                some = keys[first : first + SLOTS_AT_ONCE]
                changes += await self._rejudge(connection, order, some)
        return changes

    def _units(self, order: RejudgeOrder) -> list[str] | None:
        if not order.document.strip():
            raise Misconfigured("a verdict is changed by a document; which one?")
        period = parse_period(order.period)
        if period is None or self._context.compiled(order.form, period) is None:
            raise Misconfigured(f"there is no {order.form} for {order.period}")
        directory, key = self._context.directory, order.unit or order.area
        if key is None:
            return None
        if directory.get(key) is None:
            raise Misconfigured(f"there is no unit {key}")
        below = directory.below(key, period.last_day) if order.area else ()
        return [key, *(it.key for it in below)]

    async def _rejudge(
        self, connection: Connection, order: RejudgeOrder, keys: Sequence[Slot]
    ) -> list[RejudgedReport]:
        journal = self._receive_submissions.journal
        now = await journal.enter(connection)
        series = {ReportSeries(key.unit, key.form) for key in keys}
        loaded = await journal.load(connection, ReadSet(series=series, slots=set(keys)))
        made = [it for slot in loaded.slots.values() for it in self._made(slot, order, now)]
        if not order.dry_run and made:
            filled_by = await self._filled_by(connection, [it.before for it in made])
            entries = [with_place(it.entry, self._context) for it in made]
            await journal.save(connection, entries, [it.after for it in made])
            events = [
                published_again(entry, filled_by[it.after.key], self._context)
                for it, entry in zip(made, entries, strict=True)
            ]
            await write_outbox(connection, [self._receive_submissions.report(it) for it in events])
        return [_change(it) for it in made]

    def _made(self, slot: SlotState, order: RejudgeOrder, now: datetime) -> Iterator[Rejudgement]:
        period = parse_period(slot.key.period)
        due = self._context.when_due(slot.key.form, period, slot.key.unit) if period else None
        made = rejudge(slot, due, order.document, now) if due and slot.filled else None
        if made is not None:
            yield made

    async def _filled_by(
        self, connection: Connection, slots: Sequence[SlotState]
    ) -> dict[Slot, JournalEntry]:
        """Find the submissions whose figures the slots hold."""
        events = {
            (slot.source, slot.event_id): slot.key
            for slot in slots
            if slot.source is not None and slot.event_id is not None
        }
        loaded = await self._receive_submissions.journal.load(
            connection, ReadSet(events=set(events))
        )
        return {
            key: entry
            for event, key in events.items()
            for entry in loaded.entries_under(event)
            if entry.verdict == "accepted"
        }


def _change(made: Rejudgement) -> RejudgedReport:
    before, after = made.before, made.after
    return RejudgedReport(
        unit=after.key.unit,
        revision=after.revision,
        due_at=(before.due_at, after.due_at),
        deadline_rule=(before.deadline_rule, after.deadline_rule),
        on_time=(before.on_time, after.on_time),
    )
