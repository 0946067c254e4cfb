"""
Learn revisions: those on ``qcdc.reports.v1`` that a database restored from a backup has forgotten.

Reads ReportAccepted and ReportWithdrawn from where Kafka last acknowledged one of ours; changes
slots; publishes nothing. Until it is done no revision is given out: one that readers know already
would be acknowledged, and never counted. See decision 18.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NoReturn

import structlog
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from services.intake.domain.events import PublishedReport
from services.intake.domain.loaded_state import LoadedState, ReadSet
from services.intake.domain.published_revisions import learnt, newest_by_slot, published_report
from services.intake.domain.state import ReportSeries, SlotState
from services.intake.store.journal_watch import JournalWatch, RevisionsUnknown
from services.intake.store.postgres import Journal
from shared.contracts.topics import PARTITIONS, REPORTS
from shared.infra.errors import Partition
from shared.infra.health import Health
from shared.infra.kafka.outbox import acknowledge, acknowledged
from shared.infra.kafka.partitions import held_offsets, partition_consumer, read_until
from shared.infra.kafka.records import Record
from shared.infra.postgres.database import Connection, Database
from shared.infra.start import Prerequisite
from shared.infra.supervised import Supervised
from shared.reference.slots import Slot

PART = "revisions"
RECORDS_PER_BATCH = 5_000
_PARTITIONS = [Partition(REPORTS, it) for it in range(PARTITIONS[REPORTS])]
log = structlog.get_logger()


class LearnRevisions:
    """Reads what was published at the start, and whenever the journal turns out to be another."""

    def __init__(self, database: Database, kafka: str, health: Health) -> None:
        """Trust a journal, by ``watch``, once everything published is known to it."""
        self.watch = JournalWatch()
        self._database = database
        self._journal = Journal()
        self._kafka = kafka
        self._health = health
        self._supervised = Supervised(PART, health)
        self._learnt = asyncio.Event()

    @property
    def prerequisite(self) -> Prerequisite:
        """What intake does before it reads submissions; HTTP numbers nothing before it either."""
        return Prerequisite(self.run, _nothing, self._until_learnt)

    async def run(self) -> NoReturn:
        """Learn, and learn again whenever the journal is doubted."""
        while True:
            await self._supervised.until_done(self._learn_or_trust)
            self._learnt.set()
            await self.watch.doubted.wait()
            log.warning("the database was restored: reading what was published", topic=REPORTS)
            self._health.starting(PART)

    async def learn(self) -> int:
        """
        Let every slot know its newest published revision; return how many had forgotten it.

        Raises:
            KafkaError: the topic cannot be read.

        """
        async with self._database.connection() as connection:
            identity = await self._journal.identity(connection)
            begin = await acknowledged(connection, REPORTS)
        changed, ends = await self._read(begin)
        async with self._database.transaction() as connection:
            await acknowledge(connection, REPORTS, ends)
            await self._journal.remember(connection, identity)
        self.watch.trust(identity)
        if changed:
            log.warning("slots had forgotten published revisions", slots=changed)
        return changed

    async def _learn_or_trust(self) -> None:
        """
        Learn; while Kafka is away, trust tables that have learnt before and were not replaced.

        Raises:
            RevisionsUnknown: Kafka is away, and the tables are those of a backup, or new.

        """
        try:
            await self.learn()
        except (KafkaError, OSError, TimeoutError) as problem:
            async with self._database.connection() as connection:
                identity = await self._journal.identity(connection)
                if not await self._journal.remembers(connection, identity):
                    raise RevisionsUnknown(f"{REPORTS} cannot be read: {problem!r}") from problem
            self.watch.trust(identity)
            raise

    async def _until_learnt(self) -> None:
        await self._learnt.wait()

    async def _read(self, next_offsets: Mapping[int, int]) -> tuple[int, Mapping[int, int]]:
        changed = 0
        async with partition_consumer(self._kafka) as consumer:
            if REPORTS not in await consumer.topics():
                raise UnknownTopicOrPartitionError(REPORTS)
            held = await held_offsets(consumer, _PARTITIONS)
            begin = {it: next_offsets.get(it.partition, 0) for it in held}
            # What is shorter than what we sent is another log, and is read from its start.
            start = {
                it: max(begin[it], log.first) if begin[it] <= log.end else log.first
                for it, log in held.items()
            }
            end = {it: log.end for it, log in held.items() if start[it] < log.end}
            if end:
                reading = read_until(consumer, start, end, records_max=RECORDS_PER_BATCH)
                async for records in reading:
                    changed += await self._take(records)
        return changed, {it.partition: log.end for it, log in held.items()}

    async def _take(self, records: Sequence[Record]) -> int:
        read = (published_report(it.headers, it.value) for it in records)
        reports = newest_by_slot(it for it in read if it is not None)
        async with self._database.connection() as connection:
            loaded = await self._journal.load(connection, ReadSet(slots=set(reports)))
        forgotten = {slot: it for slot, it in reports.items() if _is_news(loaded, slot, it)}
        if not forgotten:
            return 0
        async with self._database.transaction() as connection:
            return await self._raise(connection, forgotten)

    async def _raise(self, connection: Connection, reports: Mapping[Slot, PublishedReport]) -> int:
        series = {ReportSeries(it.unit, it.form) for it in reports}
        loaded = await self._journal.load(connection, ReadSet(slots=set(reports), series=series))
        slots = [
            learnt(loaded.slot(slot) or SlotState(slot), it)
            for slot, it in reports.items()
            if _is_news(loaded, slot, it)
        ]
        await self._journal.save(connection, [], slots)
        return len(slots)


def _is_news(loaded: LoadedState, slot: Slot, report: PublishedReport) -> bool:
    state = loaded.slot(slot)
    return state is None or state.revision < report.revision


async def _nothing() -> None:
    await asyncio.Event().wait()
