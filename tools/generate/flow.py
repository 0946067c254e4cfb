"""
Who writes what to which topic, and who reads it: the one table behind every diagram of the flow.

``tests/architecture/test_every_event_is_consumed.py`` holds it against the services' code.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts import topics
from shared.contracts.dead_letters import RecordDeadLettered
from shared.contracts.directory import (
    CalendarRevised,
    CommitteeRecorded,
    DirectoryRevised,
    RegimePublished,
    UnitRecorded,
)
from shared.contracts.duties import (
    DutyBecameOverdue,
    DutyExcused,
    DutyMet,
    DutyOpened,
    DutyPostponed,
    IntakeCaughtUp,
    NoticeSent,
)
from shared.contracts.event import Event
from shared.contracts.reports import (
    HandoverSubmitted,
    ReportAccepted,
    ReportQuestioned,
    ReportSubmitted,
    ReportWithdrawalRequested,
    ReportWithdrawn,
    SubmissionAccepted,
    SubmissionParked,
    SubmissionRejected,
)
from shared.contracts.topics import TopicSpec
from shared.contracts.totals import ProvincialTotalsChanged, ProvincialTotalsRestated

INTAKE, AGGREGATOR, NOTIFIER = SERVICES = ("intake", "aggregator", "notifier")
UPSTREAM = "the upstream system"
OPERATOR = "an operator"
ANYONE = "anyone"
SOURCE = "{source}"

OF_A_PROVINCE = "the province's place in the directory, modulo the number of partitions"
OF_ITS_KEY = "the producer's hash of the key"


@dataclass(frozen=True, slots=True)
class Channel:
    """A topic, or a family of topics that differ in their source, and who meets there."""

    name: str
    topic: TopicSpec
    title: str
    key: str
    partition: str
    events: tuple[type[Event], ...]
    writers: tuple[str, ...]
    readers: tuple[str, ...]


_SPECS = {it.name: it for it in topics.specs([SOURCE])}

FLOW = (
    Channel(
        "directory",
        _SPECS[topics.DIRECTORY],
        "The facts that change while services run; what was told counts from DirectoryRevised on.",
        key="the entity: unit/‹key›, committee/‹key›, regime/‹code›, calendar, revision",
        partition="the only one",
        events=(
            UnitRecorded,
            CommitteeRecorded,
            RegimePublished,
            CalendarRevised,
            DirectoryRevised,
        ),
        writers=(OPERATOR,),
        readers=(INTAKE, AGGREGATOR, NOTIFIER, ANYONE),
    ),
    Channel(
        "submissions",
        _SPECS[topics.submissions_topic(SOURCE)],
        "What one upstream system sends, unchecked.",
        key="the unit",
        partition=OF_ITS_KEY,
        events=(ReportSubmitted, ReportWithdrawalRequested, HandoverSubmitted),
        writers=(UPSTREAM,),
        readers=(INTAKE,),
    ),
    Channel(
        "receipts",
        _SPECS[topics.receipts_topic(SOURCE)],
        "The verdict on every submission of that upstream system, with all findings.",
        key="the unit; the source where no unit can be read",
        partition=OF_ITS_KEY,
        events=(SubmissionAccepted, SubmissionRejected, SubmissionParked, ReportQuestioned),
        writers=(INTAKE,),
        readers=(UPSTREAM,),
    ),
    Channel(
        "reports",
        _SPECS[topics.REPORTS],
        "What counts: every accepted revision of every slot, and every withdrawal.",
        key="the province in force for the period",
        partition=OF_A_PROVINCE,
        events=(ReportAccepted, ReportWithdrawn),
        writers=(INTAKE,),
        readers=(AGGREGATOR, NOTIFIER, ANYONE),
    ),
    Channel(
        "watermarks",
        _SPECS[topics.WATERMARKS],
        "How far intake is done, so that nobody is called late whose report is on its way.",
        key="intake",
        partition="the only one",
        events=(IntakeCaughtUp,),
        writers=(INTAKE,),
        readers=(NOTIFIER,),
    ),
    Channel(
        "totals",
        _SPECS[topics.TOTALS],
        "The figures and the coverage of a province, form and period as they stand now.",
        key="province|form|period; restatements of what was signed: unit|form|period|restated",
        partition=OF_A_PROVINCE,
        events=(ProvincialTotalsChanged, ProvincialTotalsRestated),
        writers=(AGGREGATOR,),
        readers=(ANYONE,),
    ),
    Channel(
        "duties",
        _SPECS[topics.DUTIES],
        "The life of every duty, and every notice that was taken over.",
        key="the province",
        partition=OF_A_PROVINCE,
        events=(
            DutyOpened,
            DutyPostponed,
            DutyBecameOverdue,
            DutyMet,
            DutyExcused,
            NoticeSent,
        ),
        writers=(NOTIFIER,),
        readers=(ANYONE,),
    ),
    Channel(
        "dead_letters",
        _SPECS[topics.DEAD_LETTERS],
        "Records that no decoder understands, byte for byte, with the reason.",
        key="topic/partition/offset of the record",
        partition="the only one",
        events=(RecordDeadLettered,),
        writers=SERVICES,
        readers=(ANYONE,),
    ),
)


def services_of(parties: Iterable[str]) -> tuple[str, ...]:
    """Return those of the parties that are services of ours."""
    return tuple(it for it in parties if it in SERVICES)
