"""Puts the aggregator together: the only file that names concrete classes."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiokafka.errors import KafkaError
from fastapi import FastAPI

from services.aggregator.announcements import DirtyTotals
from services.aggregator.api import build_app
from services.aggregator.desk import Desk
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reports import Revision
from services.aggregator.handlers import ReportReader, on_reports
from services.aggregator.ledger_postgres import PostgresLedger
from services.aggregator.pictures import Pictures
from services.aggregator.settings import Settings
from shared.domain.errors import FactError
from shared.infra import migrate, topics
from shared.infra.broker import producer
from shared.infra.database import Database, retryable
from shared.infra.errors import Misconfigured
from shared.infra.facts import Facts, load_facts
from shared.infra.health import Condition, Health
from shared.infra.outbox import OutboxTable, Relay
from shared.infra.reader import Reader
from shared.infra.run import Task
from shared.infra.stream import Stream

NAME = "aggregator"
MIGRATIONS = migrate.migrations(Path(__file__).parent / "migrations")
MIGRATE_COMMAND = "python -m services.aggregator migrate"
TOPICS = [
    it for it in topics.COMMON if it.name in (topics.REPORTS, topics.TOTALS, topics.DEAD_LETTERS)
]
RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class Aggregator:
    """The parts of a running aggregator."""

    settings: Settings
    database: Database
    health: Health
    app: FastAPI
    reader: Reader[Revision]
    relay: Relay

    def tasks(self) -> Sequence[Task]:
        """List what runs beside HTTP; nothing touches data before the start was checked."""
        checked = asyncio.Event()

        async def check() -> None:
            await self._check()
            checked.set()
            await asyncio.Event().wait()

        async def begin(task: Task) -> None:
            await checked.wait()
            await task()

        return [check, partial(begin, self.reader.run), partial(begin, self.relay.run)]

    async def _check(self) -> None:
        """Wait for the infrastructure, then refuse to run on tables or topics that do not fit."""
        await self._once_it_answers(
            partial(check_tables, self.database), Condition.DATABASE_UNAVAILABLE
        )
        await self._once_it_answers(
            partial(topics.check, self.settings.kafka, TOPICS), Condition.KAFKA_UNAVAILABLE
        )
        self.health.fine("start")

    async def _once_it_answers(
        self, question: Callable[[], Awaitable[None]], condition: Condition
    ) -> None:
        while True:
            try:
                await question()
            except Exception as problem:
                if not (isinstance(problem, KafkaError) or retryable(problem)):
                    raise
                self.health.report("start", condition, repr(problem))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return


def build(settings: Settings, topic: str = topics.REPORTS, group: str = NAME) -> Aggregator:
    """
    Put an aggregator together; nothing is connected yet.

    Tests that share a broker name a topic and a group of their own.

    Raises:
        Misconfigured: when the files of facts cannot be used.

    """
    facts = facts_of(settings)
    layouts = Layouts(facts.catalogue)
    pictures = Pictures(facts, layouts)
    health = Health("start", "outbox", f"consumer {group}")
    database = database_of(settings, settings.database_schema)
    relay = Relay(
        database,
        [OutboxTable(), DirtyTotals(pictures)],
        partial(producer, settings.kafka, f"{NAME}-{settings.instance}"),
        health,
    )
    reader = Reader(
        stream_of(database, layouts),
        ReportReader(layouts),
        topic,
        bootstrap=settings.kafka,
        group=group,
        instance=settings.instance,
        health=health,
        after=relay.wake,
    )
    app = build_app(Desk(database, pictures), health)
    return Aggregator(settings, database, health, app, reader, relay)


def stream_of(database: Database, layouts: Layouts, *, announcing: bool = True) -> Stream[Revision]:
    """Return the one stream that changes the ledger; a rebuild announces nothing."""
    open_ledger = partial(PostgresLedger, announcing=announcing)
    return Stream(database, NAME, on_reports(open_ledger, layouts), NAME)


def database_of(settings: Settings, schema: str) -> Database:
    """Return the aggregator's database, with *schema* as its only one."""
    return Database(settings.database.get_secret_value(), application=NAME, schema=schema)


async def check_tables(database: Database) -> None:
    """Refuse tables of another version. Raises Misconfigured with the command that mends it."""
    async with database.connection() as connection:
        await migrate.check(connection, MIGRATIONS, MIGRATE_COMMAND)


def facts_of(settings: Settings) -> Facts:
    """Read the facts. Raises Misconfigured when the files cannot be used."""
    try:
        facts = load_facts(settings.directory_files, settings.committee_files)
    except (FactError, OSError) as problem:
        raise Misconfigured(str(problem)) from problem
    _spare_the_collector()
    return facts


def _spare_the_collector() -> None:
    """
    Let the garbage collector look seldom, and never at the facts, which live as long as we do.

    A batch makes a hundred thousand objects that all die with it and hold no cycles; looking for
    cycles among them took a quarter of the time of counting a report (measured).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
