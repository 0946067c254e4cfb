"""
Republish receipts: every receipt and question, as it was first sent, to the source's own topic.

Reads journal and questions; changes nothing; publishes SubmissionAccepted, SubmissionRejected and
ReportQuestioned with the ids and contents that they had. First the receipts in the order of the
journal, then the questions.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aiokafka import AIOKafkaProducer

from services.intake.store.postgres import Journal
from services.intake.usecases.receive import question_to_sender, receipt_to_sender
from services.intake.usecases.republish import RepublishProgress, send_all
from shared.contracts.topics import receipts_topic
from shared.infra.errors import Misconfigured
from shared.infra.kafka.outbox import Outgoing
from shared.infra.postgres.database import Connection, Database

T = TypeVar("T")
_PER_BATCH = 500
_Page = Callable[[Connection, int, str | None, int], Awaitable[tuple[Sequence[T], int | None]]]


@dataclass(frozen=True, slots=True)
class RepublishedReceipts:
    """How many receipts and questions were published again, or would be."""

    receipts: int
    questions: int
    dry_run: bool


class RepublishReceipts:
    """Sends the journal's answers in batches, each acknowledged before the next is read."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def carry_out(
        self,
        kafka: AIOKafkaProducer | None,
        source: str | None = None,
        *,
        topics: Sequence[str] | None = None,
        progress: RepublishProgress = lambda _done, _total: None,
    ) -> RepublishedReceipts:
        """
        Publish everything for *source*, or for all; without *kafka* only build every event.

        Interrupted, it may be run again from the start. *topics* are those that exist.

        Raises:
            Misconfigured: nobody of that name was ever answered, or a topic is missing.
            KafkaError: a batch was not acknowledged.

        """
        async with self._database.connection() as connection:
            await self._check(connection, source, topics)
            total = await self._journal.count_answers(connection, source)
        receipts = questions = 0
        async for batch in self._pages(self._journal.answered, receipt_to_sender, source):
            await _send(kafka, batch)
            receipts += len(batch)
            progress(receipts, max(receipts, total))
        async for batch in self._pages(self._journal.asked, question_to_sender, source):
            await _send(kafka, batch)
            questions += len(batch)
            progress(receipts + questions, max(receipts + questions, total))
        return RepublishedReceipts(receipts, questions, dry_run=kafka is None)

    async def _check(
        self, connection: Connection, source: str | None, topics: Sequence[str] | None
    ) -> None:
        sources = await self._journal.sources(connection)
        if source is not None and source not in sources:
            raise Misconfigured(f"{source} was never sent a receipt; known are {sources}")
        for it in [source] if source is not None else sources:
            if topics is not None and receipts_topic(it) not in topics:
                mend = f"qcdc topics apply --source {it}"
                raise Misconfigured(f"topic {receipts_topic(it)} is missing; run: {mend}")

    async def _pages(
        self, read: _Page[T], address: Callable[[T], Outgoing], source: str | None
    ) -> AsyncIterator[list[Outgoing]]:
        after: int | None = 0
        while after is not None:
            async with self._database.connection() as connection:
                found, after = await read(connection, after, source, _PER_BATCH)
            if found:
                yield [address(it) for it in found]


async def _send(kafka: AIOKafkaProducer | None, batch: Sequence[Outgoing]) -> None:
    if kafka is not None:
        await send_all(kafka, batch)
