"""A notifier without Kafka: tables, scan, delivery and mail server; a test plays the readers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from services.notifier import app
from services.notifier.channels.smtp import EmailChannel, MailServer
from services.notifier.domain.duties import DutyState
from services.notifier.domain.duty_rules import duty_rules
from services.notifier.domain.filings import ReportEvent
from services.notifier.domain.openings import duty_openings
from services.notifier.settings import NotifierSettings
from services.notifier.store.duties import OpenDutyStore
from services.notifier.store.views import ViewStore
from services.notifier.usecases.deliver import Delivery
from services.notifier.usecases.duties import DutyView, ListDuties
from services.notifier.usecases.file_reports import FileReports
from services.notifier.usecases.horizon import Horizon, ReportsProgress
from services.notifier.usecases.notices import ListNotices, NoticeView
from services.notifier.usecases.raise_watermark import RaiseWatermark
from services.notifier.usecases.scan import Scan
from services.notifier.usecases.watch_failed import WatchFailed
from shared.contracts.duties import HeldUnits, IntakeCaughtUp
from shared.contracts.topics import REPORTS
from shared.infra.errors import Partition
from shared.infra.health import Health
from shared.infra.postgres.database import Database
from shared.infra.postgres.migrate import migrate
from shared.reference.committee_people import Contact
from shared.reference.committees import Committee, Demand
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData, cached_per_reference_data
from shared.reference.reporting_bodies import PARTY_COMMITTEE, body_name
from shared.reference.slots import Slot
from tests.builders.notifier import accepted
from tests.builders.reference import shipped_reference
from tools.mail_catcher import MailCatcher

FORM, PERIOD, PROVINCE = "F05", "cal.2025", "37.2"
DUE_AT = datetime(2026, 1, 9, 17, tzinfo=VIETNAM)
"""Long past on any machine, so that the watermark alone is the tests' clock."""

MINUTE = timedelta(minutes=1)
CONTACT = Contact("Trần Văn Mẫu", "thuong_truc", "bcd@ninhbinh.example.vn")
COMMITTEE = Committee(
    key="ninh_binh",
    name_vi="Ban Chỉ đạo phong trào thi đua “Dân vận khéo” tỉnh Ninh Bình",
    area=PROVINCE,
    programmes=("dan_van_kheo",),
    letter_style="party",
    contacts=(CONTACT,),
    demands=(Demand(FORM, PERIOD, DUE_AT, "Công văn số 12-CV/BCĐ ngày 02/12/2025"),),
)


@cache
def reference() -> ReferenceData:
    """Return the reference data that ship, with one committee."""
    return replace(shipped_reference(), committees=(COMMITTEE,))


@cache
def communes() -> tuple[str, ...]:
    """Return the 129 communes that owe."""
    (opening,) = duty_openings(reference())
    return tuple(it.slot.unit for it in opening.duties)


def name(unit: str) -> str:
    """Return a unit's name."""
    known = reference().directory.get(unit)
    assert known is not None
    return known.name


def body_of(unit: str) -> str:
    """Return how letters about F05 name a unit."""
    known = reference().directory.get(unit)
    assert known is not None
    return body_name(PARTY_COMMITTEE, known)


def report(
    unit: str,
    revision: int = 1,
    at: datetime = DUE_AT - MINUTE,
    period: str = PERIOD,
    due_at: datetime = DUE_AT,
    rejudged: str | None = None,
) -> ReportEvent:
    """Return a report of a commune, received a minute before it was due."""
    return accepted(revision, at, Slot(unit, FORM, period), due_at, rejudged)


def settings(database: str, smtp_port: int, kafka: str = "127.0.0.1:1") -> NotifierSettings:
    """Return the settings of a notifier under test."""
    return NotifierSettings.model_validate(
        {
            "kafka": kafka,
            "database": database,
            "http_port": 0,
            "smtp_host": "127.0.0.1",
            "smtp_port": smtp_port,
            "smtp_sender": "ban-chi-dao@qcdc.example.vn",
            "scan_seconds": 0.05,
        }
    )


class Lag:
    """How far the reports topic is applied: all but so many of its hundred records."""

    def __init__(self, unread: list[int]) -> None:
        self._unread = unread

    async def ends(self) -> Mapping[Partition, int]:
        """Kafka holds a hundred records."""
        return {REPORTED: 100}

    async def has_passed(self, ends: Mapping[Partition, int]) -> bool:
        """Compare with what is applied."""
        return 100 - self._unread[0] >= ends[REPORTED]

    async def close(self) -> None:
        """Nothing was opened."""


REPORTED = Partition(REPORTS, 0)


@dataclass
class World:
    """A notifier at rest; nothing happens unless a test makes it happen."""

    database: Database
    open_store: OpenDutyStore
    mailbox: MailCatcher
    reference: ReferenceData = field(default_factory=reference)
    lag: list[int] = field(default_factory=lambda: [0])
    health: Health = field(default_factory=Health)

    @property
    def channel(self) -> EmailChannel:
        """A channel to the mailbox."""
        server = MailServer("127.0.0.1", self.mailbox.port, "ban-chi-dao@qcdc.example.vn")
        return EmailChannel(server, 5)

    def scan(self) -> Scan:
        """Return the scan of a notifier that has just started; it follows ``reference``."""
        rules = cached_per_reference_data(partial(duty_rules, channels=[self.channel.name]))
        return Scan(
            self.database,
            self.open_store,
            self.horizon(),
            lambda: rules(self.reference),
            lambda: None,
        )

    def delivery(
        self,
        channel: EmailChannel | None = None,
        lease_seconds: float = 60,
        after: Scan | None = None,
    ) -> Delivery:
        """Return the delivery of a notifier; it writes once a scan has followed."""

        def reconciled_reference() -> ReferenceData | None:
            if after is not None and not after.has_reconciled():
                return None
            return self.reference

        return Delivery(
            self.database,
            self.open_store,
            self.horizon(),
            reconciled_reference,
            app.transport_of(channel or self.channel, timedelta(seconds=lease_seconds)),
            lambda: None,
        )

    def failed(self) -> WatchFailed:
        """Return the watch over failed notices; it follows ``reference``."""
        return WatchFailed(self.database, self.horizon(), lambda: self.reference, self.health)

    def demand(self, committee: Committee) -> None:
        """Let a revision come into force with this committee and no other."""
        self.reference = replace(self.reference, committees=(committee,))

    def horizon(self, progress: ReportsProgress | None = None) -> Horizon:
        """Return a horizon whose lag the test sets."""
        return Horizon(self.database, progress or Lag(self.lag), self.health)

    async def read(self, *reports: ReportEvent) -> None:
        """Apply report events as the reader's stream does."""
        async with self.database.transaction() as connection:
            await FileReports(self.open_store)(connection, reports)

    async def catch_up(self, watermark: datetime, *held: HeldUnits) -> None:
        """Let intake say that it is done up to an instant, save for what is held."""
        event = IntakeCaughtUp(event_id="w", occurred_at=watermark, watermark=watermark, held=held)
        async with self.database.transaction() as connection:
            await RaiseWatermark(self.health)(connection, [event])

    async def duties(
        self, state: DutyState | None = None, unit: str | None = None
    ) -> Sequence[DutyView]:
        """Return the duties in a state, or of a unit."""
        list_duties = ListDuties(ViewStore(self.database), lambda: self.reference.directory)
        return (await list_duties(1000, unit=unit, state=state)).duties

    async def notices(self) -> Sequence[NoticeView]:
        """Return the notices, newest first."""
        list_notices = ListNotices(ViewStore(self.database), lambda: self.reference.directory)
        return (await list_notices(100)).notices

    async def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(query, *values)]

    async def overdue(self) -> set[str]:
        """Return the units that are called overdue."""
        rows = await self.ask("SELECT unit FROM duty WHERE state = 'overdue'")
        return {unit for (unit,) in rows}

    async def published(self, event: str) -> int:
        """Count the events of a type that wait in the outbox."""
        rows = await self.ask("SELECT 1 FROM outbox WHERE $1 = ANY(headers)", f"qcdc.{event}.v1")
        return len(rows)


@asynccontextmanager
async def world(url: str) -> AsyncIterator[World]:
    """Build a notifier on an empty database."""
    await migrate(url, "qcdc", app.MIGRATIONS)
    database = Database(url, application="test")
    await database.open()
    try:
        with MailCatcher.open() as mailbox:
            yield World(database, app.store_opener(lambda: reference().directory), mailbox)
    finally:
        await database.close()


def named(text: str) -> set[str]:
    """Return the communes that a mail names."""
    return {unit for unit in communes() if f" {body_of(unit)}  " in text}


async def waiting_for_the_lock(it: World) -> bool:
    rows = await it.ask(
        "SELECT 1 FROM pg_stat_activity"
        " WHERE wait_event = 'advisory' AND datname = current_database()"
    )
    return bool(rows)
