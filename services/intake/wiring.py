"""The only file of intake that names concrete classes."""

import tomllib
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.intake.api import add_routes
from services.intake.desk import Desk
from services.intake.domain.arrivals import Arrived
from services.intake.domain.knowledge import WhenDue, know
from services.intake.domain.remarks import Messages, sayer
from services.intake.door import Door
from services.intake.handlers import OnSubmissions, decode
from services.intake.journal_postgres import PostgresJournal
from services.intake.settings import IntakeSettings
from services.intake.watermark import Watermark
from shared.domain.deadlines import Due
from shared.domain.periods import Period
from shared.infra.broker import producer
from shared.infra.database import Database
from shared.infra.facts import Facts, facts_for
from shared.infra.health import Health
from shared.infra.migrate import migrations
from shared.infra.outbox import OutboxTable, Relay
from shared.infra.reader import Reader
from shared.infra.run import Task
from shared.infra.start import Start
from shared.infra.stream import Stream
from shared.infra.topics import COMMON, REPORTS, SUBMISSIONS_PATTERN
from shared.infra.web import create_app

HERE = Path(__file__).parent
MIGRATIONS = migrations(HERE / "migrations")
MIGRATE_COMMAND = "python -m services.intake migrate"
PARTITIONS = next(it.partitions for it in COMMON if it.name == REPORTS)
DUE_INSTANTS_REMEMBERED = 65_536


@dataclass(frozen=True)
class Intake:
    """The parts of a running intake."""

    settings: IntakeSettings
    database: Database
    http_database: Database
    """A pool of its own, so that a rush over HTTP leaves the stream and the watermark theirs."""
    health: Health
    app: FastAPI
    reader: Reader[Arrived]
    relay: Relay
    watermark: Watermark
    start: Start

    async def open(self) -> None:
        """Prepare the pools; the server may still be down."""
        await self.database.open()
        await self.http_database.open()

    async def close(self) -> None:
        """Close the pools."""
        await self.http_database.close()
        await self.database.close()

    def tasks(self) -> list[Task]:
        """List what runs beside HTTP; nothing touches data before the start was checked."""
        return self.start.before([self.reader.run, self.relay.run, self.watermark.run])


def build(settings: IntakeSettings, pattern: str = SUBMISSIONS_PATTERN) -> Intake:
    """
    Put an intake together; nothing is connected yet.

    *pattern* says which topics it reads: all submissions, unless a test shares the broker.

    Raises:
        Misconfigured: when the files of facts cannot be used.

    """
    health = Health("start", "outbox", "consumer intake")
    database, http_database = _database(settings, "intake"), _database(settings, "intake-http")
    messages = load_messages()
    desk = build_desk(facts_for(settings), messages)
    relay = Relay(database, [OutboxTable()], partial(producer, settings.kafka, "intake"), health)
    reader = Reader(
        Stream(database, "intake", OnSubmissions(desk), "intake"),
        decode,
        bootstrap=settings.kafka,
        group="intake",
        instance=settings.instance,
        health=health,
        pattern=pattern,
        after=relay.wake,
    )
    app = create_app("QCDC intake", health)
    add_routes(app, Door(http_database, desk, relay.wake), messages)
    return Intake(
        settings=settings,
        database=database,
        http_database=http_database,
        health=health,
        app=app,
        reader=reader,
        relay=relay,
        watermark=Watermark(database, reader.behind, settings.watermark_seconds, relay.wake),
        start=Start(database, MIGRATIONS, MIGRATE_COMMAND, settings.kafka, COMMON, health),
    )


def _database(settings: IntakeSettings, application: str) -> Database:
    url = settings.database.get_secret_value()
    return Database(url, application=application, schema=settings.database_schema)


def build_desk(facts: Facts, messages: Messages) -> Desk:
    """Put a desk together; a province's place in the directory is its partition."""
    return Desk(
        PostgresJournal(),
        know(facts.catalogue, facts.directory, when_due(facts)),
        sayer(messages),
        {key: index % PARTITIONS for index, key in enumerate(facts.directory.provinces())},
    )


def when_due(facts: Facts) -> WhenDue:
    """Return what answers when a report is due; units of the same areas share the answer."""
    known: dict[tuple[str, str, tuple[str, ...]], Due | None] = {}

    def answer(form: str, period: Period, unit: str) -> Due | None:
        key = form, period.code, facts.directory.path(unit)
        if key not in known:
            if len(known) >= DUE_INSTANTS_REMEMBERED:
                known.clear()
            known[key] = facts.due(form, period, unit)
        return known[key]

    return answer


def load_messages() -> Messages:
    """Read the Vietnamese sentences."""
    messages: dict[str, str] = tomllib.loads(
        (HERE / "messages_vi.toml").read_text(encoding="utf-8")
    )
    return messages
