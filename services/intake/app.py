"""The only file of intake that names concrete classes."""

import tomllib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.submissions import RawSubmission
from services.intake.domain.violations import Messages, renderer
from services.intake.entry.api import HttpUseCases, add_routes
from services.intake.entry.kafka import submissions
from services.intake.settings import IntakeSettings
from services.intake.store.postgres import Journal
from services.intake.usecases.advance_watermark import AdvanceWatermark
from services.intake.usecases.find_submission import FindSubmission
from services.intake.usecases.judge_parked import JudgeParked
from services.intake.usecases.keys import source_of_key
from services.intake.usecases.learn_revisions import LearnRevisions
from services.intake.usecases.receive import ReceiveSubmissions
from services.intake.usecases.receive_documents import ReceiveDocuments
from services.intake.usecases.rejudge import RejudgedReport, RejudgeOrder, RejudgeReports
from services.intake.usecases.republish import (
    RepublishedReports,
    RepublishProgress,
    RepublishReports,
)
from services.intake.usecases.republish_receipts import RepublishedReceipts, RepublishReceipts
from services.intake.usecases.survey_unread import SurveyUnread
from services.intake.usecases.withdraw import WithdrawReport
from shared.contracts.topics import (
    DEAD_LETTERS,
    DIRECTORY,
    PARTITIONS,
    REPORTS,
    SUBMISSIONS_PATTERN,
    WATERMARKS,
    common,
    of_known_sources,
)
from shared.directory.follower import DirectoryFollower, reference_data_in_tables
from shared.directory.partitions import partition_of
from shared.directory.store import migrations_of
from shared.infra.health import Health
from shared.infra.instance import InstanceClaim
from shared.infra.kafka.broker import producer
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.outbox import OutboxTable
from shared.infra.kafka.relay import Relay
from shared.infra.kafka.topic_watch import TopicWatch
from shared.infra.kafka.topics import existing_topics
from shared.infra.kafka.unread import UnreadLog
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database
from shared.infra.process import Task
from shared.infra.start import Prerequisite, Start
from shared.infra.web.app import create_app
from shared.reference.reference_data import ReferenceData, cached_per_reference_data

HERE = Path(__file__).parent
MIGRATIONS = migrations_of(HERE / "store" / "migrations")
TOPICS = common(DIRECTORY, REPORTS, WATERMARKS, DEAD_LETTERS)
MIGRATE_COMMAND = "python -m services.intake migrate"


@dataclass(frozen=True)
class Intake:
    """The parts of a running intake."""

    settings: IntakeSettings
    database: Database
    http_database: Database
    """A pool of its own, so that a rush over HTTP leaves the stream and the watermark theirs."""
    health: Health
    app: FastAPI
    follower: DirectoryFollower
    reader: ConsumerSupervisor[RawSubmission]
    relay: Relay
    watermark: AdvanceWatermark
    topic_watch: TopicWatch
    judge_parked: JudgeParked
    revisions: LearnRevisions
    start: Start

    async def open(self) -> None:
        """Prepare the pools; the server may still be down."""
        await self.database.open()
        await self.http_database.open()

    async def close(self) -> None:
        """Close the pools."""
        await self.http_database.close()
        await self.database.close()

    def on_replaced(self, callback: Callable[[object], None]) -> None:
        """Call *callback* whenever other reference data has come into force."""
        self.follower.on_change(callback)

    def tasks(self) -> list[Task]:
        """List what runs beside HTTP; nothing touches data before the start was checked."""
        work = self.reader, self.relay, self.watermark, self.topic_watch, self.judge_parked
        return self.start.before([it.run for it in work])


def build(
    settings: IntakeSettings,
    pattern: str = SUBMISSIONS_PATTERN,
    *,
    reference: ReferenceData | None = None,
    directory: str = DIRECTORY,
) -> Intake:
    """
    Put an intake together; nothing is connected yet.

    *pattern* says which topics it reads: all submissions, unless a test shares the broker; such a
    test also names a *directory* of its own, and *facts* that are in force while that is empty.
    """
    health, messages = Health(), load_messages()
    database, http_database = _database(settings, "intake"), _database(settings, "intake-http")
    follower = _follower(settings, database, health, reference, directory)
    revisions = LearnRevisions(database, settings.kafka, health)
    journal = Journal(revisions.watch)
    receive_submissions = build_receive_submissions(follower.reference, messages, journal)
    relay = Relay(database, [OutboxTable()], partial(producer, settings.kafka, "intake"), health)
    subscription = replace(submissions(receive_submissions), pattern=pattern)
    reader = ConsumerSupervisor(subscription, "intake", settings, database, health, relay.wake)
    use_cases = _use_cases(http_database, receive_submissions, relay.wake)
    judge_parked = JudgeParked(database, receive_submissions, health, relay.wake)
    follower.on_change(judge_parked.on_change)
    return Intake(
        settings=settings,
        database=database,
        http_database=http_database,
        health=health,
        app=_http(health, use_cases, messages),
        follower=follower,
        reader=reader,
        relay=relay,
        watermark=_watermark(settings, reader, follower, health, relay),
        topic_watch=TopicWatch(settings.kafka, of_known_sources, health),
        judge_parked=judge_parked,
        revisions=revisions,
        start=_start(settings, database, health, [follower.prerequisite, revisions.prerequisite]),
    )


def _follower(
    settings: IntakeSettings,
    database: Database,
    health: Health,
    reference: ReferenceData | None,
    topic: str,
) -> DirectoryFollower:
    given = settings, database, health
    return DirectoryFollower(
        "intake", *given, prepare=rule_context, reference=reference, topic=topic
    )


def _http(health: Health, use_cases: HttpUseCases, messages: Messages) -> FastAPI:
    app = create_app("QCDC intake", health)
    add_routes(app, use_cases, messages)
    return app


def _use_cases(
    database: Database, receive_submissions: ReceiveSubmissions, after: Callable[[], None]
) -> HttpUseCases:
    async def source(key: str) -> str | None:
        async with database.connection() as connection:
            return await source_of_key(connection, key)

    receive = ReceiveDocuments(database, receive_submissions, after)
    return HttpUseCases(
        receive=receive,
        withdraw=WithdrawReport(receive),
        find=FindSubmission(database, receive_submissions.journal),
        source_of_key=source,
    )


def _watermark(
    settings: IntakeSettings,
    reader: ConsumerSupervisor[RawSubmission],
    follower: DirectoryFollower,
    health: Health,
    relay: Relay,
) -> AdvanceWatermark:
    inbox, every, log = reader.inbox, settings.watermark_seconds, UnreadLog(settings.kafka)
    survey = SurveyUnread(log, reader.subscription.pattern or "", follower.reference)
    return AdvanceWatermark(inbox.database, inbox.stored, survey, every, health, relay.wake)


def _start(
    settings: IntakeSettings,
    database: Database,
    health: Health,
    prerequisites: Sequence[Prerequisite],
) -> Start:
    needed = MIGRATIONS, MIGRATE_COMMAND, settings.kafka, TOPICS
    claim = InstanceClaim(database, "intake", settings, health)
    return Start(database, *needed, health, claim, prerequisites)


async def rejudge(settings: IntakeSettings, order: RejudgeOrder) -> list[RejudgedReport]:
    """
    Judge lateness again, by the reference data in force in the service's own tables.

    It gives out revisions, so it learns first which ones were published.
    """
    async with _operating(settings, "intake-rejudge") as (database, receive, context):
        if not order.dry_run:
            await LearnRevisions(database, settings.kafka, Health()).learn()
        return await RejudgeReports(database, receive, context).carry_out(order)


async def republish(
    settings: IntakeSettings, *, dry_run: bool, progress: RepublishProgress
) -> RepublishedReports:
    """Publish every revision in the journal again; with *dry_run* only build every event."""
    async with _operating(settings, "intake-republish") as parts:
        use_case = RepublishReports(*parts)
        if dry_run:
            return await use_case.carry_out(None, progress=progress)
        async with producer(settings.kafka, "intake-republish") as kafka:
            return await use_case.carry_out(kafka, progress=progress)


async def republish_receipts(
    settings: IntakeSettings, source: str | None, *, dry_run: bool, progress: RepublishProgress
) -> RepublishedReceipts:
    """Publish every receipt and question again; with *dry_run* only build every event."""
    async with _operating(settings, "intake-republish") as (database, receive, _):
        use_case = RepublishReceipts(database, receive.journal)
        if dry_run:
            return await use_case.carry_out(None, source, progress=progress)
        topics = await existing_topics(settings.kafka)
        async with producer(settings.kafka, "intake-republish") as kafka:
            return await use_case.carry_out(kafka, source, topics=topics, progress=progress)


@asynccontextmanager
async def _operating(
    settings: IntakeSettings, application: str
) -> AsyncIterator[tuple[Database, ReceiveSubmissions, RuleContext]]:
    """
    Open the database for an operator's command, with the reference data in its tables.

    Raises Misconfigured when the tables are of another version.
    """
    database = _database(settings, application)
    await database.open()
    try:
        async with database.connection() as connection:
            await migrate.check(connection, MIGRATIONS, MIGRATE_COMMAND)
            reference = await reference_data_in_tables(connection)
        yield (
            database,
            build_receive_submissions(lambda: reference, load_messages()),
            rule_context(reference),
        )
    finally:
        await database.close()


def _database(settings: IntakeSettings, application: str) -> Database:
    url = settings.database.get_secret_value()
    return Database(url, application=application, schema=settings.database_schema)


def build_receive_submissions(
    reference: Callable[[], ReferenceData], messages: Messages, journal: Journal | None = None
) -> ReceiveSubmissions:
    """Build the use case behind Kafka and HTTP, on the reference data in force at each batch."""
    return ReceiveSubmissions(
        journal or Journal(),
        lambda: rule_context(reference()),
        renderer(messages, lambda: reference().catalogue.label),
        lambda province: partition_of(province, reference().directory, PARTITIONS[REPORTS]),
    )


@cached_per_reference_data
def rule_context(reference: ReferenceData) -> RuleContext:
    """Return what rules are evaluated with."""
    its = reference
    return build_rule_context(its.catalogue, its.directory, its.due, its.lineage, its.regimes)


def load_messages() -> Messages:
    """Read the Vietnamese sentences."""
    messages: dict[str, str] = tomllib.loads(
        (HERE / "messages_vi.toml").read_text(encoding="utf-8")
    )
    return messages
