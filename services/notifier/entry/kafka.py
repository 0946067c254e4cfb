"""
What the notifier subscribes to.

Reads ``ReportAccepted`` and ``ReportWithdrawn`` from ``qcdc.reports.v1``, ``IntakeCaughtUp`` from
``qcdc.watermarks.v1``.
"""

from collections.abc import Mapping, Sequence

from services.notifier.domain.filings import ReportEvent
from services.notifier.usecases.file_reports import FileReports
from services.notifier.usecases.raise_watermark import RaiseWatermark
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.topics import REPORTS, WATERMARKS
from shared.infra.kafka.events import event_in
from shared.infra.kafka.records import Poison, Record
from shared.infra.kafka.subscription import Subscription, subscriber
from shared.infra.postgres.database import Connection

_REPORTS: Mapping[str, type[ReportEvent]] = {
    it.type_name(): it for it in (ReportAccepted, ReportWithdrawn)
}
_WATERMARKS = {IntakeCaughtUp.type_name(): IntakeCaughtUp}


def reports(file_reports: FileReports) -> Subscription[ReportEvent]:
    """Return the subscription to accepted and withdrawn reports."""

    @subscriber[ReportEvent](
        REPORTS, group="notifier", decode=decode_report, refill="qcdc republish"
    )
    async def on_reports(connection: Connection, events: Sequence[ReportEvent]) -> None:
        await file_reports(connection, events)

    return on_reports


def watermarks(raise_watermark: RaiseWatermark) -> Subscription[IntakeCaughtUp]:
    """Return the subscription to intake's watermarks."""

    @subscriber(WATERMARKS, group="notifier-watermarks", decode=decode_watermark, keyed_states=True)
    async def on_watermarks(connection: Connection, events: Sequence[IntakeCaughtUp]) -> None:
        await raise_watermark(connection, events)

    return on_watermarks


def decode_report(record: Record) -> ReportEvent | Poison:
    """Decode a record of the reports topic."""
    return event_in(record, _REPORTS)


def decode_watermark(record: Record) -> IntakeCaughtUp | Poison:
    """Decode a record of the watermarks topic."""
    return event_in(record, _WATERMARKS)
