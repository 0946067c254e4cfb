"""
Republish: every revision of every slot, as it was first published, on ``qcdc.reports.v1``.

Reads the journal; changes nothing; publishes ReportAccepted and ReportWithdrawn with the ids and
contents that they had. A topic that was cut or lost is refilled; readers that know the revisions
already are not moved by them.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from services.intake.domain.republishing import Republishing
from services.intake.domain.rule_context import RuleContext
from services.intake.store.postgres import FIRST_REVISION, Journal, RevisionKey
from services.intake.usecases.receive import ReceiveSubmissions
from shared.contracts.wire import encode
from shared.infra.kafka.outbox import Outgoing
from shared.infra.postgres.database import Database

REVISIONS_PER_BATCH = 500
RepublishProgress = Callable[[int, int], None]
"""Called with the number of revisions published so far, and of all."""


@dataclass(frozen=True, slots=True)
class RepublishedReports:
    """
    How many revisions were published again, or would be.

    ``derived`` of them are from before unit type and path were stored: they say what the directory
    says now, which is what it said then unless it has been corrected for a past period since.
    """

    revisions: int
    derived: int
    dry_run: bool


class RepublishReports:
    """Sends the journal's revisions in batches, each acknowledged before the next is read."""

    def __init__(
        self, database: Database, receive_submissions: ReceiveSubmissions, context: RuleContext
    ) -> None:
        self._database = database
        self._journal: Journal = receive_submissions.journal
        self._address = receive_submissions.report
        self._context = context

    async def carry_out(
        self,
        kafka: AIOKafkaProducer | None,
        *,
        progress: RepublishProgress = lambda _done, _total: None,
        topic: str | None = None,
    ) -> RepublishedReports:
        """
        Publish all revisions slot by slot, in order; without *kafka* only build every event.

        Interrupted, it may be run again from the start. *topic* replaces ``qcdc.reports.v1``.

        Raises:
            KafkaError: a batch was not acknowledged.
            CannotRepublish: an entry names a form version or unit that is not known any more.

        """
        republishing = Republishing(self._context)
        async with self._database.connection() as connection:
            total = await self._journal.count_revisions(connection)
        done = derived = 0
        after: RevisionKey | None = FIRST_REVISION
        while after is not None:
            async with self._database.connection() as connection:
                entries, after = await self._journal.revisions(
                    connection, after, REVISIONS_PER_BATCH
                )
            batch = list(republishing.events(entries))
            if kafka is not None:
                await send_all(kafka, [self._address(it.event) for it in batch], topic)
            done += len(batch)
            derived += sum(it.derived for it in batch)
            progress(done, max(done, total))
        return RepublishedReports(done, derived, dry_run=kafka is None)


async def send_all(
    kafka: AIOKafkaProducer, batch: Iterable[Outgoing], topic: str | None = None
) -> None:
    """Send messages past the outbox, and return once all are acknowledged."""
    acknowledgements = []
    for outgoing in batch:
        message = encode(outgoing.event, outgoing.source)
        acknowledgements.append(
            await kafka.send(
                topic or outgoing.topic,
                message.body,
                key=outgoing.key.encode(),
                partition=outgoing.partition,
                headers=message.headers,
            )
        )
    await asyncio.gather(*acknowledgements)
