"""Puts the aggregator together: the only file that names concrete classes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.aggregator.announcements import DirtyTotals
from services.aggregator.api import build_app
from services.aggregator.archive import Archive
from services.aggregator.desk import Desk
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reports import Revision
from services.aggregator.handlers import ReportReader, on_reports
from services.aggregator.ledger_postgres import PostgresLedger
from services.aggregator.pictures import Pictures
from services.aggregator.recounting import Recounting
from services.aggregator.settings import AggregatorSettings
from shared.contracts import topics
from shared.directory.follower import DirectoryFollower
from shared.directory.loading import load_catalogue
from shared.infra.health import Health
from shared.infra.kafka.broker import producer
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.outbox import OutboxTable, Relay
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database
from shared.infra.process import Task
from shared.infra.start import Start
from shared.reference.reference_data import ReferenceData

NAME = "aggregator"
MIGRATIONS = migrate.migrations(Path(__file__).parent / "migrations")
MIGRATE_COMMAND = "python -m services.aggregator migrate"
TOPICS = [
    it
    for it in topics.COMMON
    if it.name in (topics.REPORTS, topics.DIRECTORY, topics.TOTALS, topics.DEAD_LETTERS)
]


@dataclass(frozen=True)
class Aggregator:
    """The parts of a running aggregator."""

    settings: AggregatorSettings
    database: Database
    health: Health
    app: FastAPI
    register: DirectoryFollower
    reader: ConsumerSupervisor[Revision]
    relay: Relay
    recounting: Recounting
    start: Start

    async def open(self) -> None:
        """Prepare the pool; the server may still be down."""
        await self.database.open()

    async def close(self) -> None:
        """Close the pool."""
        await self.database.close()

    def on_replaced(self, callback: Callable[[object], None]) -> None:
        """Call *callback* whenever other reference data has come into force."""
        self.register.on_change(callback)

    def tasks(self) -> list[Task]:
        """List what runs beside HTTP; nothing touches data before the start was checked."""
        return self.start.before([self.reader.run, self.relay.run, self.recounting.run])


def build(
    settings: AggregatorSettings,
    topic: str = topics.REPORTS,
    group: str = NAME,
    *,
    reference: ReferenceData | None = None,
    directory: str = topics.DIRECTORY,
) -> Aggregator:
    """
    Put an aggregator together; nothing is connected yet.

    Tests that share a broker name topics and a group of their own, and the facts that are in force
    until something has been published.
    """
    layouts = Layouts(load_catalogue())
    health = Health()
    database = database_of(settings, settings.database_schema)
    register = DirectoryFollower(
        NAME, settings, database, health, reference=reference, topic=directory
    )
    pictures = Pictures(register.reference, layouts)
    relay = Relay(
        database,
        [OutboxTable(), DirtyTotals(pictures)],
        partial(producer, settings.kafka, f"{NAME}-{settings.instance}"),
        health,
    )
    reader = ConsumerSupervisor(
        stream_of(database, layouts),
        ReportReader(layouts),
        topic,
        bootstrap=settings.kafka,
        group=group,
        instance=settings.instance,
        health=health,
        after=relay.wake,
    )
    recounting = Recounting(database, layouts, register, health)
    app = build_app(Desk(database, pictures), Archive(database, pictures), health)
    needed = MIGRATIONS, MIGRATE_COMMAND, settings.kafka, TOPICS
    start = Start(database, *needed, health, [register.prerequisite])
    return Aggregator(settings, database, health, app, register, reader, relay, recounting, start)


def stream_of(database: Database, layouts: Layouts, *, announcing: bool = True) -> Inbox[Revision]:
    """Return the one stream that changes the ledger; a rebuild announces nothing."""
    open_ledger = partial(PostgresLedger, announcing=announcing)
    return Inbox(database, NAME, on_reports(open_ledger, layouts), NAME)


def database_of(settings: AggregatorSettings, schema: str) -> Database:
    """Return the aggregator's database, with *schema* as its only one."""
    return Database(settings.database.get_secret_value(), application=NAME, schema=schema)
