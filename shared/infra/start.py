"""
What comes before any work: tables and topics that fit this code, and the directory's newest state.

HTTP is up already and says why nothing happens. Infrastructure that does not answer is waited
for; an answer that does not fit ends the process with one line (``Misconfigured``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from aiokafka.errors import KafkaError

from shared.contracts.topics import TopicSpec
from shared.directory.follower import DirectoryFollower
from shared.infra.health import Condition, Health
from shared.infra.kafka.topics import check_topics
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database, retryable
from shared.infra.process import Task

PART = "start"
RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class Start:
    """What a service needs to find; ``mend`` is the command that makes its tables."""

    database: Database
    migrations: list[migrate.Migration]
    mend: str
    kafka: str
    topics: Sequence[TopicSpec]
    health: Health
    register: DirectoryFollower
    more_topics: Callable[[Iterable[str]], Iterable[TopicSpec]] = lambda _: ()
    """Which topics must fit besides, given the names of all that exist."""

    def before(self, work: Sequence[Task]) -> list[Task]:
        """
        Let no task of *work* begin before everything has been checked and the directory was read.

        The register begins with its tables alone: a directory that was in force here serves HTTP
        while Kafka is away.
        """
        tables, topics_too, all_of_it = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def check() -> None:
            await self._once_it_answers(self._tables, Condition.DATABASE_UNAVAILABLE)
            tables.set()
            await self._once_it_answers(
                partial(check_topics, self.kafka, self.topics, self.more_topics),
                Condition.KAFKA_UNAVAILABLE,
            )
            topics_too.set()
            await self.register.read_to_end()
            self.health.fine(PART)
            all_of_it.set()
            await asyncio.Event().wait()

        async def begin(event: asyncio.Event, task: Task) -> None:
            await event.wait()
            await task()

        return [
            check,
            partial(begin, tables, self.register.follow),
            partial(begin, topics_too, self.register.reader.run),
            *(partial(begin, all_of_it, task) for task in work),
        ]

    async def _tables(self) -> None:
        async with self.database.connection() as connection:
            await migrate.check(connection, self.migrations, self.mend)

    async def _once_it_answers(
        self, question: Callable[[], Awaitable[None]], condition: Condition
    ) -> None:
        while True:
            try:
                await question()
            except Exception as problem:
                if not (isinstance(problem, KafkaError) or retryable(problem)):
                    raise
                self.health.report(PART, condition, repr(problem))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return
