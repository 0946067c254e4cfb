"""The desk: HTTP and Kafka hand their arrivals in here, and both are treated alike."""

from collections.abc import Callable, Iterator, Sequence

from services.intake.domain.events import Published, published, questioned, receipt_of
from services.intake.domain.numbering import Decision, Decisions, fold
from services.intake.domain.parsing import Reading, read
from services.intake.domain.read_set import needs_of
from services.intake.domain.rule_context import Knowledge
from services.intake.domain.submissions import Arrived
from services.intake.domain.violations import Say
from services.intake.store.postgres import Journal, Overtaken
from shared.contracts.topics import REPORTS, receipts_topic
from shared.infra.kafka.outbox import Outgoing, write_outbox
from shared.infra.postgres.database import Connection

PRODUCER = "qcdc/intake"


class Desk:
    """Receives arrivals inside the caller's transaction."""

    def __init__(
        self,
        journal: Journal,
        knowledge: Callable[[], Knowledge],
        say: Say,
        partition_of: Callable[[str], int],
    ) -> None:
        """
        Work by what *knowledge* says at the time: one answer serves a whole batch.

        *partition_of* names the partition of ``qcdc.reports.v1`` that belongs to a province.
        """
        self.journal = journal
        self._knowledge = knowledge
        self._say = say
        self._partition_of = partition_of

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
        knowledge = self._knowledge()
        holdings = await self.journal.holdings(connection, needs_of(readings, knowledge))
        decisions: Decisions = fold(holdings, readings, knowledge, self._say)
        await self.journal.save(
            connection,
            decisions.entries,
            decisions.slots,
            decisions.handovers,
            decisions.questions,
        )
        await write_outbox(
            connection, [it for decision in decisions.all for it in self._outgoing(decision)]
        )
        return decisions.all

    def _outgoing(self, decision: Decision) -> Iterator[Outgoing]:
        entry, standing = decision.entry, decision.standing
        topic = receipts_topic(entry.source)
        yield Outgoing(topic, entry.unit or entry.source, receipt_of(entry), PRODUCER)
        if standing is not None:
            yield self.report(published(entry, standing))
        for question in decision.questions:
            event = questioned(question)
            yield Outgoing(receipts_topic(event.source), event.unit, event, PRODUCER)

    def report(self, event: Published) -> Outgoing:
        """Address what a slot holds from now on to the partition of its province."""
        partition = self._partition_of(event.province)
        return Outgoing(REPORTS, event.province, event, PRODUCER, partition)
