"""Receive submissions: the one use case behind Kafka and HTTP."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import structlog

from services.intake.domain.events import PublishedReport, published, questioned, receipt_of
from services.intake.domain.numbering import BatchOutcome, SubmissionOutcome, fold
from services.intake.domain.parking import unparked
from services.intake.domain.parsing import ParsedSubmission, parse_submission
from services.intake.domain.read_set import read_set_of
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import JournalEntry, OpenQuestion, ParkedSubmission
from services.intake.domain.submissions import RawSubmission
from services.intake.domain.violations import Renderer
from services.intake.store import parked as parked_store
from services.intake.store.postgres import EventStoredConcurrently, Journal
from shared.contracts.topics import REPORTS, receipts_topic
from shared.infra.kafka.outbox import Outgoing, write_outbox
from shared.infra.postgres.database import Connection
from shared.infra.threads import compute

log = structlog.get_logger()
PRODUCER = "qcdc/intake"


def receipt_to_sender(entry: JournalEntry) -> Outgoing:
    """Address the receipt of an entry to whoever submitted it."""
    topic = receipts_topic(entry.source)
    return Outgoing(topic, entry.unit or entry.source, receipt_of(entry), PRODUCER)


def question_to_sender(question: OpenQuestion) -> Outgoing:
    """Address a question to whoever sent the report that no longer fits."""
    event = questioned(question)
    return Outgoing(receipts_topic(event.source), event.unit, event, PRODUCER)


class ReceiveSubmissions:
    """Decides on submissions inside the caller's transaction."""

    def __init__(
        self,
        journal: Journal,
        context: Callable[[], RuleContext],
        render: Renderer,
        partition_of: Callable[[str], int],
    ) -> None:
        """
        Judge by what *context* returns; one call of it serves a whole batch.

        *partition_of* names the partition of ``qcdc.reports.v1`` that belongs to a province.
        """
        self.journal = journal
        self._context = context
        self._render = render
        self._partition_of = partition_of

    async def receive(
        self, connection: Connection, submissions: Sequence[RawSubmission]
    ) -> Sequence[SubmissionOutcome]:
        """
        Judge submissions in order, store the outcome, write what is to be published to the outbox.

        The caller has called ``Journal.enter``; it commits, and answers only then.
        """
        outcomes = await self._stored(connection, submissions)
        await self._publish(connection, outcomes)
        return outcomes

    async def judge_again(
        self, connection: Connection, parked: Sequence[ParkedSubmission]
    ) -> Sequence[SubmissionOutcome]:
        """Judge parked submissions in order, as of their receipt; publish those with a verdict."""
        outcomes = await self._stored(connection, [unparked(it) for it in parked])
        judged = [it for it in outcomes if not it.repeated]
        await self._publish(connection, judged)
        return judged

    async def _stored(
        self, connection: Connection, submissions: Sequence[RawSubmission]
    ) -> Sequence[SubmissionOutcome]:
        size = sum(len(it.body) for it in submissions)
        parsed = await compute(lambda: [parse_submission(it) for it in submissions], size=size)
        while True:
            try:
                async with connection.transaction():  # a savepoint: what is undone is only this try
                    return await self._decide(connection, parsed)
            except EventStoredConcurrently:
                continue  # a concurrent transaction has stored the same event

    async def _decide(
        self, connection: Connection, submissions: Sequence[ParsedSubmission]
    ) -> Sequence[SubmissionOutcome]:
        context = self._context()
        loaded = await self.journal.load(connection, read_set_of(submissions, context))
        outcomes: BatchOutcome = await compute(
            partial(fold, loaded, submissions, context, self._render), items=len(submissions)
        )
        await self.journal.save(
            connection,
            outcomes.entries,
            outcomes.slots,
            outcomes.handovers,
            outcomes.questions,
        )
        await parked_store.change(connection, outcomes.parked, outcomes.no_longer_parked)
        for parked in outcomes.parked:
            if parked.detail:
                log.error("judgement failed", submission=parked.key[:2], problem=parked.detail)
        return outcomes.all

    async def _publish(self, connection: Connection, outcomes: Sequence[SubmissionOutcome]) -> None:
        outgoing = await compute(
            lambda: [it for outcome in outcomes for it in self._outgoing(outcome)],
            items=len(outcomes),
        )
        await write_outbox(connection, outgoing)

    def _outgoing(self, outcome: SubmissionOutcome) -> Iterator[Outgoing]:
        entry, validated = outcome.entry, outcome.validated
        yield receipt_to_sender(entry)
        if validated is not None:
            yield self.report(published(entry, validated.report, validated.figures))
        yield from map(question_to_sender, outcome.questions)

    def report(self, event: PublishedReport) -> Outgoing:
        """Address what a slot holds from now on to the partition of its province."""
        partition = self._partition_of(event.province)
        return Outgoing(REPORTS, event.province, event, PRODUCER, partition)
