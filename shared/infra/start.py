"""
What comes before any work: tables and topics that fit this code, and what must be read first.

HTTP is up already and says why nothing happens. Infrastructure that does not answer is waited for,
and so are topics that do not fit, since they may get lost and be made again at any time. Tables
that do not fit end the process with one line (``Misconfigured``): they change with a release.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from aiokafka.errors import KafkaError

from shared.contracts.topics import TopicSpec
from shared.infra.errors import TopicsUnfit
from shared.infra.health import Health
from shared.infra.instance import InstanceClaim
from shared.infra.kafka.topics import topic_faults
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database
from shared.infra.process import Task
from shared.infra.supervised import Supervised

PART = "start"


@dataclass(frozen=True)
class Prerequisite:
    """Two tasks that begin before the work and run beside it, and when the work may begin."""

    with_tables: Task
    """Begins once the tables fit, so also while Kafka is away."""
    with_topics: Task
    """Begins once the topics fit too."""
    ready: Task
    """Returns once the work may begin."""


@dataclass
class Start:
    """What a service needs to find; ``mend`` is the command that makes its tables."""

    database: Database
    migrations: Sequence[migrate.Migration]
    mend: str
    kafka: str
    topics: Sequence[TopicSpec]
    health: Health
    claim: InstanceClaim
    prerequisites: Sequence[Prerequisite] = ()

    def __post_init__(self) -> None:
        """Declare the start."""
        self._supervised = Supervised(PART, self.health)

    def before(self, work: Sequence[Task]) -> list[Task]:
        """Let no task of *work* begin before everything was checked and read."""
        tables, topics, all_of_it = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def check() -> None:
            await self._tables()
            tables.set()
            await self.claim.claimed()
            await self._topics()
            topics.set()
            for prerequisite in self.prerequisites:
                await prerequisite.ready()

        async def check_until_done() -> None:
            await self._supervised.until_done(check)
            all_of_it.set()
            await asyncio.Event().wait()

        async def begin(event: asyncio.Event, task: Task) -> None:
            await event.wait()
            await task()

        return [
            check_until_done,
            partial(begin, tables, self.claim.hold),
            *(partial(begin, tables, it.with_tables) for it in self.prerequisites),
            *(partial(begin, topics, it.with_topics) for it in self.prerequisites),
            *(partial(begin, all_of_it, task) for task in work),
        ]

    async def _tables(self) -> None:
        async with self.database.connection() as connection:
            await migrate.check(connection, self.migrations, self.mend)

    async def _topics(self) -> None:
        try:
            faults = await topic_faults(self.kafka, self.topics)
        except KafkaError:
            self.health.answer_while_starting()  # who waits for Kafka keeps nobody from an answer
            raise
        if faults:
            self.health.answer_while_starting()
            raise TopicsUnfit("; ".join(faults.values()))
