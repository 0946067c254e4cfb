"""Composition: the only file of the notifier that names concrete adapters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.notifier.channels.mail_writer import MailWriter
from services.notifier.channels.smtp import EmailChannel, MailServer
from services.notifier.domain.duty_rules import duty_rules
from services.notifier.domain.filings import ReportEvent
from services.notifier.entry import kafka as entry
from services.notifier.entry.api import add_routes
from services.notifier.settings import NotifierSettings
from services.notifier.store.duties import DutyStore, OpenDutyStore
from services.notifier.store.views import ViewStore
from services.notifier.usecases.deliver import Delivery, MailTransport
from services.notifier.usecases.duties import ListDuties
from services.notifier.usecases.file_reports import FileReports
from services.notifier.usecases.horizon import Horizon
from services.notifier.usecases.notices import ListNotices
from services.notifier.usecases.raise_watermark import RaiseWatermark
from services.notifier.usecases.scan import Scan
from services.notifier.usecases.watch_failed import WatchFailed
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.topics import (
    DEAD_LETTERS,
    DIRECTORY,
    DUTIES,
    PARTITIONS,
    REPORTS,
    WATERMARKS,
    common,
)
from shared.directory.follower import DirectoryFollower
from shared.directory.partitions import partition_of
from shared.directory.store import migrations_of
from shared.infra.health import Condition, Health
from shared.infra.instance import InstanceClaim
from shared.infra.kafka.broker import producer
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.outbox import OutboxTable
from shared.infra.kafka.relay import Relay
from shared.infra.kafka.unread import TopicProgress, UnreadLog
from shared.infra.postgres.database import Connection, Database
from shared.infra.process import Task
from shared.infra.start import Start
from shared.infra.supervised import Supervised
from shared.infra.web.app import create_app
from shared.reference.directory import Directory
from shared.reference.reference_data import ReferenceData, cached_per_reference_data

MIGRATIONS = migrations_of(Path(__file__).parent / "store" / "migrations")
TOPICS = common(DIRECTORY, REPORTS, WATERMARKS, DUTIES, DEAD_LETTERS)
MIGRATE_COMMAND = "python -m services.notifier migrate"


@dataclass(frozen=True)
class Notifier:
    """The parts of a running notifier."""

    settings: NotifierSettings
    database: Database
    health: Health
    app: FastAPI
    follower: DirectoryFollower
    reports: ConsumerSupervisor[ReportEvent]
    watermarks: ConsumerSupervisor[IntakeCaughtUp]
    relay: Relay
    horizon: Horizon
    scan: Scan
    scanning: Supervised
    delivery: Delivery
    delivering: Supervised
    failed: WatchFailed
    watching: Supervised
    start: Start

    async def open(self) -> None:
        """Prepare the pool; the server may still be down."""
        await self.database.open()

    async def close(self) -> None:
        """Close the pool, and the horizon's connections to Kafka."""
        await self.horizon.close()
        await self.database.close()

    def on_replaced(self, callback: Callable[[object], None]) -> None:
        """Call *callback* whenever other reference data has come into force."""
        self.follower.on_change(callback)

    def tasks(self) -> list[Task]:
        """List what runs beside HTTP; nothing touches data before the start was checked."""
        seconds = self.settings.scan_seconds
        return self.start.before(
            [
                self.reports.run,
                self.watermarks.run,
                self.relay.run,
                partial(self.scan.run, seconds, self.scanning),
                partial(self.delivery.run, seconds, self.delivering),
                partial(self.failed.run, seconds, self.watching),
            ]
        )


def build(
    settings: NotifierSettings,
    *,
    reference: ReferenceData | None = None,
    directory: str = DIRECTORY,
) -> Notifier:
    """
    Compose a notifier; nothing is connected yet.

    A test names a *directory* topic of its own, and *reference* data in force while it is empty.
    """
    health, database, channel = Health(), _database(settings), _email(settings)
    rules = cached_per_reference_data(partial(duty_rules, channels=[channel.name]))
    follower = DirectoryFollower(
        "notifier", settings, database, health, prepare=rules, reference=reference, topic=directory
    )
    open_store = store_opener(lambda: follower.reference().directory)
    relay = Relay(database, [OutboxTable()], partial(producer, settings.kafka, "notifier"), health)
    needed = "notifier", settings, database, health, relay.wake
    reports = ConsumerSupervisor(entry.reports(FileReports(open_store)), *needed)
    progress = TopicProgress(UnreadLog(settings.kafka), REPORTS, reports.inbox.stored)
    horizon = Horizon(database, progress, health)
    scan = Scan(database, open_store, horizon, lambda: rules(follower.reference()), relay.wake)
    reconciled = partial(_reconciled_reference, follower, scan)
    transport = transport_of(channel, timedelta(seconds=settings.lease_seconds))
    return Notifier(
        settings=settings,
        database=database,
        health=health,
        app=_http(database, health, lambda: follower.reference().directory),
        follower=follower,
        reports=reports,
        watermarks=ConsumerSupervisor(entry.watermarks(RaiseWatermark(health)), *needed),
        relay=relay,
        horizon=horizon,
        scan=scan,
        scanning=Supervised("scan", health, bugs=Condition.SCAN_FAILING),
        delivery=Delivery(database, open_store, horizon, reconciled, transport, relay.wake),
        delivering=Supervised("delivery", health, bugs=Condition.HANDLER_FAILING),
        failed=WatchFailed(database, horizon, reconciled, health),
        watching=Supervised("failed notices", health, bugs=Condition.HANDLER_FAILING),
        start=_start(settings, database, health, follower),
    )


def store_opener(directory: Callable[[], Directory]) -> OpenDutyStore:
    """Return what opens a store, with the partition of each province."""

    def open_store(connection: Connection) -> DutyStore:
        return DutyStore(
            connection, lambda province: partition_of(province, directory(), PARTITIONS[DUTIES])
        )

    return open_store


def transport_of(channel: EmailChannel, lease: timedelta) -> MailTransport:
    """Return how mails are written and sent."""
    return MailTransport(MailWriter(), {channel.name: channel}, lease)


def _reconciled_reference(follower: DirectoryFollower, scan: Scan) -> ReferenceData | None:
    """Return the reference data in force once all duties have been compared with them."""
    return follower.reference() if scan.has_reconciled() else None


def _database(settings: NotifierSettings) -> Database:
    url = settings.database.get_secret_value()
    return Database(url, application="notifier", schema=settings.database_schema)


def _start(
    settings: NotifierSettings, database: Database, health: Health, follower: DirectoryFollower
) -> Start:
    needed = MIGRATIONS, MIGRATE_COMMAND, settings.kafka, TOPICS
    claim = InstanceClaim(database, "notifier", settings, health)
    return Start(database, *needed, health, claim, [follower.prerequisite])


def _http(database: Database, health: Health, directory: Callable[[], Directory]) -> FastAPI:
    app, views = create_app("QCDC notifier", health), ViewStore(database)
    add_routes(app, ListNotices(views, directory), ListDuties(views, directory))
    return app


def _email(settings: NotifierSettings) -> EmailChannel:
    password = settings.smtp_password
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        tls=settings.smtp_tls,
    )
    # Half the lease, so that an attempt has ended before another may begin.
    return EmailChannel(server, settings.lease_seconds / 2)
