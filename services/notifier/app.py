"""The only file of the notifier that names concrete classes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.notifier.channels.channel import Channel
from services.notifier.channels.email import EmailChannel, MailServer
from services.notifier.channels.letter import LetterWriter
from services.notifier.domain.digest import Registers
from services.notifier.domain.filings import Report
from services.notifier.domain.openings import Opening, openings
from services.notifier.domain.scan import Audience, audience
from services.notifier.entry.api import add_routes
from services.notifier.entry.kafka import Handlers, decode_report, decode_watermark
from services.notifier.settings import NotifierSettings
from services.notifier.store.docket import OpenDocket
from services.notifier.store.postgres import PostgresDocket
from services.notifier.store.views_postgres import PostgresViews
from services.notifier.usecases.deliver import Delivery, Sources
from services.notifier.usecases.horizon import Horizon
from services.notifier.usecases.scan import Scan
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.topics import COMMON, DIRECTORY, DUTIES, PARTITIONS, REPORTS, WATERMARKS
from shared.directory.follower import DirectoryFollower
from shared.directory.partitions import partition_of
from shared.infra.health import Condition, Health
from shared.infra.kafka.broker import producer
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.outbox import OutboxTable, Relay
from shared.infra.postgres.database import Connection, Database
from shared.infra.postgres.migrate import migrations
from shared.infra.process import Task
from shared.infra.start import Start
from shared.infra.supervised import Supervised
from shared.infra.web.app import create_app
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData, cached_per_reference_data
from shared.reference.vietnamese import name_key

MIGRATIONS = migrations(Path(__file__).parent / "store" / "migrations")
MIGRATE_COMMAND = "python -m services.notifier migrate"
_ADDRESS = re.compile(r"[\x21-\x7e]+@[\x21-\x7e]+")


@dataclass(frozen=True)
class Notifier:
    """The parts of a running notifier."""

    settings: NotifierSettings
    database: Database
    health: Health
    app: FastAPI
    register: DirectoryFollower
    reports: ConsumerSupervisor[Report]
    watermarks: ConsumerSupervisor[IntakeCaughtUp]
    relay: Relay
    horizon: Horizon
    scan: Scan
    scanning: Supervised
    delivery: Delivery
    delivering: Supervised
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
        seconds = self.settings.scan_seconds
        return self.start.before(
            [
                self.reports.run,
                self.watermarks.run,
                self.relay.run,
                partial(self.scan.run, seconds, self.scanning),
                partial(self.delivery.run, seconds, self.delivering),
            ]
        )


@dataclass(frozen=True)
class Known:
    """What the notifier works out from facts, once for all who ask."""

    openings: tuple[Opening, ...]
    audience: Audience
    sources: Sources


def build(
    settings: NotifierSettings,
    *,
    reference: ReferenceData | None = None,
    directory: str = DIRECTORY,
) -> Notifier:
    """
    Put a notifier together; nothing is connected yet.

    A test names a *directory* of its own, and *facts* that are in force while that is empty.
    """
    health = Health()
    url = settings.database.get_secret_value()
    database = Database(url, application="notifier", schema=settings.database_schema)
    known = cached_per_reference_data(partial(known_of, _email(settings)))
    register = DirectoryFollower(
        "notifier", settings, database, health, prepare=known, reference=reference, topic=directory
    )

    def now() -> Known:
        return known(register.reference())

    docket = docket_of(lambda: register.reference().directory)
    relay = Relay(database, [OutboxTable()], partial(producer, settings.kafka, "notifier"), health)
    reports, watermarks = _readers(settings, database, Handlers(docket), health, relay.wake)
    horizon = Horizon(database, docket, reports.behind)
    lease = timedelta(seconds=settings.lease_seconds)
    known_now = (lambda: now().openings), (lambda: now().audience)
    scan = Scan(database, docket, horizon, *known_now, relay.wake)
    return Notifier(
        settings=settings,
        database=database,
        health=health,
        app=_app(database, health, register),
        register=register,
        reports=reports,
        watermarks=watermarks,
        relay=relay,
        horizon=horizon,
        scan=scan,
        scanning=Supervised("scan", health, bugs=Condition.SCAN_FAILING),
        delivery=Delivery(database, docket, horizon, _to_write_by(scan, now), lease, relay.wake),
        delivering=Supervised("delivery", health, bugs=Condition.HANDLER_FAILING),
        start=_start(settings, database, health, register),
    )


def _app(database: Database, health: Health, register: DirectoryFollower) -> FastAPI:
    app = create_app("QCDC notifier", health)
    add_routes(app, PostgresViews(database, lambda: register.reference().directory))
    return app


def _start(
    settings: NotifierSettings, database: Database, health: Health, register: DirectoryFollower
) -> Start:
    needed = MIGRATIONS, MIGRATE_COMMAND, settings.kafka, COMMON
    return Start(database, *needed, health, [register.prerequisite])


def known_of(channel: Channel, reference: ReferenceData) -> Known:
    """
    Work out what the notifier needs.

    Raises:
        FactError, ValueError: when it cannot work by these facts.

    """
    _check_addresses(reference)
    return Known(
        openings(reference.committees, reference.catalogue, reference.directory, reference.due),
        audience(reference.committees, reference.directory, [channel.name]),
        sources(reference, channel),
    )


def docket_of(directory: Callable[[], Directory]) -> OpenDocket:
    """Return what opens the docket, with the partition of each province."""

    def open_docket(connection: Connection) -> PostgresDocket:
        return PostgresDocket(
            connection, lambda province: partition_of(province, directory(), PARTITIONS[DUTIES])
        )

    return open_docket


def sources(reference: ReferenceData, channel: Channel) -> Sources:
    """Return what letters are written from."""
    return Sources(
        {it.key: it for it in reference.committees},
        Registers(
            reference.catalogue,
            reference.directory,
            reference.lineage,
            reference.calendar,
            reference.committees,
            name_key,
        ),
        LetterWriter(),
        {channel.name: channel},
    )


def _readers(
    settings: NotifierSettings,
    database: Database,
    handlers: Handlers,
    health: Health,
    after: Callable[[], None],
) -> tuple[ConsumerSupervisor[Report], ConsumerSupervisor[IntakeCaughtUp]]:
    reports = ConsumerSupervisor(
        Inbox(database, "notifier", handlers.on_reports, "notifier"),
        decode_report,
        REPORTS,
        bootstrap=settings.kafka,
        group="notifier",
        instance=settings.instance,
        health=health,
        after=after,
    )
    watermarks = ConsumerSupervisor(
        Inbox(database, "notifier-watermarks", handlers.on_watermarks, "notifier"),
        decode_watermark,
        WATERMARKS,
        bootstrap=settings.kafka,
        group="notifier-watermarks",
        instance=settings.instance,
        health=health,
        after=after,
    )
    return reports, watermarks


def _to_write_by(scan: Scan, now: Callable[[], Known]) -> Callable[[], Sources | None]:
    """Return what letters are written from; none before the scan has held the duties to it."""
    return lambda: now().sources if scan.has_followed() else None


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
    # Half the lease, so that an attempt has ended before anybody may begin the next.
    return EmailChannel(server, settings.lease_seconds / 2)


def _check_addresses(reference: ReferenceData) -> None:
    for committee in reference.committees:
        for contact in committee.contacts:
            if not _ADDRESS.fullmatch(contact.email):
                message = f"{contact.email!r} is no address"
                raise FactError("committees", f"committee {committee.key}", message)
