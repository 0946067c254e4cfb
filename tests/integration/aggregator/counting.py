"""Feeds a ledger as the consumer does: records with offsets, in batches, through its inbox."""

from collections.abc import Iterable, Sequence

from services.aggregator.app import inbox_of
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reports import Revision
from services.aggregator.entry.kafka import ReportDecoder
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.records import Record
from shared.infra.postgres.database import Database
from shared.reference.periods import parse_period
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, accepted, record
from tools.demo.articles import Article
from tools.demo.reports import Report, reports_of


class Counting:
    """One partition, and the inbox that reads it."""

    def __init__(self, database: Database, layouts: Layouts, partition: int = 0) -> None:
        self.stream: Inbox[Revision] = inbox_of(database, layouts)
        self._decode = ReportDecoder(layouts)
        self._partition = partition
        self._end = 0

    def records(self, events: Iterable[Event]) -> list[Record]:
        """Append events to the partition."""
        appended = [
            record(event, self._end + number, partition=self._partition)
            for number, event in enumerate(events)
        ]
        self._end += len(appended)
        return appended

    async def apply(self, records: Sequence[Record]) -> None:
        """Apply a batch."""
        await self.stream.apply(records, [self._decode(it) for it in records])

    async def count(self, events: Iterable[Event], batch: int = 500) -> None:
        """Append events and apply them, batch by batch."""
        records = self.records(events)
        for start in range(0, len(records), batch):
            await self.apply(records[start : start + batch])


def events_of(articles: Iterable[Article], reference: ReferenceData) -> list[ReportAccepted]:
    """Return what intake accepts of all that the articles' units send."""
    return [
        event_of(report, reference)
        for article in articles
        for report in reports_of(article, reference.catalogue)
    ]


def event_of(report: Report, reference: ReferenceData, revision: int = 1) -> ReportAccepted:
    """Return what intake publishes of a report."""
    unit, period = reference.directory.get(report.unit), parse_period(report.period)
    assert unit is not None
    assert period is not None
    path = reference.directory.path(unit.key)
    return accepted(
        report.figures,
        ReportSubject(unit.key, path, unit.type, report.form, report.period),
        revision=revision,
        qualifiers=report.qualifiers,
    )
