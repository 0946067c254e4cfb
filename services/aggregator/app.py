"""Composition: the only file of the aggregator that names concrete adapters."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reports import Revision
from services.aggregator.entry.api import Queries, add_routes
from services.aggregator.entry.kafka import reports
from services.aggregator.settings import AggregatorSettings
from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.store.postgres import PostgresLedger
from services.aggregator.store.schema import MIGRATE_COMMAND, MIGRATIONS
from services.aggregator.store.swap import RebuildOutcome
from services.aggregator.usecases import sign as signing
from services.aggregator.usecases.announce import TotalsOutbox
from services.aggregator.usecases.by_unit import ByUnitQuery
from services.aggregator.usecases.committees import CommitteesQuery
from services.aggregator.usecases.coverage import CoverageQuery
from services.aggregator.usecases.figures import FigureWriter
from services.aggregator.usecases.late import LateQuery
from services.aggregator.usecases.periods import PeriodsQuery
from services.aggregator.usecases.rebuild import Progress, RebuildParts
from services.aggregator.usecases.rebuild import rebuild as rebuild_from_parts
from services.aggregator.usecases.refresh_coverage import CoverageRefresh
from services.aggregator.usecases.render import TotalsRenderer
from services.aggregator.usecases.revisions import RevisionsQuery
from services.aggregator.usecases.snapshots import SnapshotsQuery
from services.aggregator.usecases.totals import TotalsQuery
from services.aggregator.usecases.units import UnitQueries
from shared.contracts import topics
from shared.directory.follower import DirectoryFollower, reference_data_in_tables
from shared.directory.loading import load_catalogue
from shared.infra.health import Health
from shared.infra.instance import InstanceClaim
from shared.infra.kafka.broker import producer
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.outbox import OutboxTable
from shared.infra.kafka.relay import Relay
from shared.infra.kafka.subscription import Subscription
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database
from shared.infra.process import Task
from shared.infra.start import Start
from shared.infra.web.app import create_app
from shared.reference.reference_data import ReferenceData

NAME = "aggregator"
TOPICS = topics.common(topics.REPORTS, topics.DIRECTORY, topics.TOTALS, topics.DEAD_LETTERS)


@dataclass(frozen=True)
class Aggregator:
    """The parts of a running aggregator."""

    settings: AggregatorSettings
    database: Database
    health: Health
    app: FastAPI
    follower: DirectoryFollower
    reader: ConsumerSupervisor[Revision]
    relay: Relay
    coverage_refresh: CoverageRefresh
    start: Start

    async def open(self) -> None:
        """Prepare the pool; the server may still be down."""
        await self.database.open()

    async def close(self) -> None:
        """Close the pool."""
        await self.database.close()

    def on_replaced(self, callback: Callable[[object], None]) -> None:
        """Call *callback* whenever other reference data has come into force."""
        self.follower.on_change(callback)

    def tasks(self) -> list[Task]:
        """List what runs beside HTTP; nothing touches data before the start was checked."""
        return self.start.before([self.reader.run, self.relay.run, self.coverage_refresh.run])


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

    Tests that share a broker name topics and a group of their own, and the reference data that is
    in force until something has been published.
    """
    layouts = Layouts(load_catalogue())
    health = Health()
    database = database_of(settings, settings.database_schema)
    follower = DirectoryFollower(
        NAME, settings, database, health, reference=reference, topic=directory
    )
    messages = load_messages()
    reader = LedgerReader(follower.reference, layouts)
    writer = FigureWriter(messages)
    subscription = replace(subscription_of(layouts), topics=(topic,), group=group)
    client = partial(producer, settings.kafka, f"{NAME}-{settings.instance}")
    relay = Relay(
        database, [OutboxTable(), TotalsOutbox(TotalsRenderer(reader, writer))], client, health
    )
    app = create_app("QCDC aggregator", health)
    add_routes(app, queries_of(database, reader, messages), messages)
    return Aggregator(
        settings=settings,
        database=database,
        health=health,
        app=app,
        follower=follower,
        reader=ConsumerSupervisor(subscription, NAME, settings, database, health, relay.wake),
        relay=relay,
        coverage_refresh=CoverageRefresh(database, layouts, follower, health),
        start=_start(settings, database, health, follower),
    )


def _start(
    settings: AggregatorSettings, database: Database, health: Health, follower: DirectoryFollower
) -> Start:
    needed = MIGRATIONS, MIGRATE_COMMAND, settings.kafka, TOPICS
    claim = InstanceClaim(database, NAME, settings, health)
    return Start(database, *needed, health, claim, [follower.prerequisite])


def queries_of(database: Database, reader: LedgerReader, messages: Mapping[str, str]) -> Queries:
    """Return every query, on one database."""
    writer = FigureWriter(messages)
    return Queries(
        totals=TotalsQuery(database, reader, writer),
        by_unit=ByUnitQuery(database, reader, writer),
        coverage=CoverageQuery(database, reader, writer),
        late=LateQuery(database, reader, writer),
        units=UnitQueries(database, reader),
        committees=CommitteesQuery(database, reader, messages),
        revisions=RevisionsQuery(database, reader, writer),
        snapshots=SnapshotsQuery(database, reader),
        periods=PeriodsQuery(database, reader),
        regimes=lambda: reader.reference().regimes,
    )


async def sign(
    settings: AggregatorSettings, order: signing.SignOrder, *, dry_run: bool
) -> signing.Snapshot:
    """
    Sign figures by the reference data in force in the ledger's own tables.

    Raises CannotSign when the figures do not exist or not yet, Misconfigured when the ledger's
    tables are of another version.
    """
    database = database_of(settings, settings.database_schema)
    await database.open()
    try:
        async with database.connection() as connection:
            await migrate.check(connection, MIGRATIONS, MIGRATE_COMMAND)
            reference = await reference_data_in_tables(connection)
        reader = LedgerReader(lambda: reference, Layouts(reference.catalogue))
        renderer = TotalsRenderer(reader, FigureWriter(load_messages()))
        return await signing.sign(database, renderer, reference, order, dry_run=dry_run)
    finally:
        await database.close()


async def rebuild(
    settings: AggregatorSettings, *, verify: bool, progress: Progress | None = None
) -> RebuildOutcome:
    """Rebuild the ledger from the log; see ``usecases.rebuild``."""
    parts = RebuildParts(
        kafka=settings.kafka,
        url=settings.database.get_secret_value(),
        live=settings.database_schema,
        service=NAME,
        database=partial(database_of, settings),
        subscription=partial(subscription_of, announcing=False),
    )
    return await rebuild_from_parts(parts, verify=verify, progress=progress)


def subscription_of(layouts: Layouts, *, announcing: bool = True) -> Subscription[Revision]:
    """Return the subscription that changes the ledger; a rebuild announces nothing."""
    return reports(partial(PostgresLedger, announcing=announcing), layouts)


def inbox_of(database: Database, layouts: Layouts, *, announcing: bool = True) -> Inbox[Revision]:
    """Return the inbox of that subscription in a database."""
    return subscription_of(layouts, announcing=announcing).inbox(database, NAME)


def load_messages() -> Mapping[str, str]:
    """Read the catalogue of Vietnamese sentences."""
    path = Path(__file__).parent / "messages_vi.toml"
    messages: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))
    return messages


def database_of(settings: AggregatorSettings, schema: str) -> Database:
    """Return the aggregator's database, with *schema* as its only one."""
    return Database(settings.database.get_secret_value(), application=NAME, schema=schema)
