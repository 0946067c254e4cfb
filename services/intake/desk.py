"""The desk: HTTP and Kafka hand their arrivals in here, and both are treated alike."""

from collections.abc import Mapping, Sequence

from services.intake.domain.arrivals import Arrived
from services.intake.domain.events import published, receipt_of
from services.intake.domain.judge import Verdict, asks_for_history, judge
from services.intake.domain.knowledge import Knowledge
from services.intake.domain.remarks import Say
from services.intake.domain.revisions import Decision, Decisions, fold, slot_key
from services.intake.domain.slots import SlotKey
from services.intake.domain.structure import Reading, read
from services.intake.journal import Journal, Overtaken
from shared.infra.database import Connection
from shared.infra.outbox import Outgoing, write_outbox
from shared.infra.topics import REPORTS, receipts_topic

PRODUCER = "qcdc/intake"


class Desk:
    """Receives arrivals inside the caller's transaction."""

    def __init__(
        self, journal: Journal, knowledge: Knowledge, say: Say, partitions: Mapping[str, int]
    ) -> None:
        self.journal = journal
        self._knowledge = knowledge
        self._say = say
        self._partitions = partitions
        """The partition of ``qcdc.reports.v1`` that belongs to each province."""

    async def receive(
        self, connection: Connection, arrivals: Sequence[Arrived]
    ) -> Sequence[Decision]:
        """
        Judge arrivals in order, store the outcome and queue what is to be published.

        The caller has entered (``Journal.enter``), commits, and answers only then.
        """
        readings = [read(it) for it in arrivals]
        while True:
            try:
                async with connection.transaction():  # a savepoint: what is undone is only this try
                    return await self._decide(connection, readings)
            except Overtaken:
                continue  # the same event came through the other door; now it is in the journal

    async def _decide(
        self, connection: Connection, readings: Sequence[Reading]
    ) -> Sequence[Decision]:
        slots = [(it.report, key) for it in readings if (key := self._slot(it)) is not None]
        holdings = await self.journal.holdings(
            connection,
            {(it.arrived.source, it.arrived.event_id) for it in readings},
            {key for _, key in slots},
            {key for report, key in slots if asks_for_history(report)},
        )
        decisions: Decisions = fold(holdings, readings, self._judge, self._say)
        await self.journal.save(connection, decisions.entries, decisions.slots)
        await write_outbox(
            connection, [it for decision in decisions.all for it in self._outgoing(decision)]
        )
        return decisions.all

    def _slot(self, reading: Reading) -> SlotKey | None:
        """Name the slot to lock; what nobody knows gets a verdict but no slot."""
        key = slot_key(reading)
        return key if key is not None and self._knowledge.is_slot(*key) else None

    def _judge(self, reading: Reading, carried_in: int) -> Verdict:
        return judge(reading, self._knowledge, carried_in)

    def _outgoing(self, decision: Decision) -> list[Outgoing]:
        entry, standing = decision.entry, decision.standing
        topic = receipts_topic(entry.source)
        outgoing = [Outgoing(topic, entry.unit or entry.source, receipt_of(entry), PRODUCER)]
        if standing is not None:
            event = published(entry, standing)
            partition = self._partitions[event.province]
            outgoing.append(Outgoing(REPORTS, event.province, event, PRODUCER, partition))
        return outgoing
