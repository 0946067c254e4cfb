"""
What the notifier subscribes to.

Reads ``ReportAccepted`` and ``ReportWithdrawn`` from ``qcdc.reports.v1``, ``IntakeCaughtUp`` from
``qcdc.watermarks.v1``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from services.notifier.domain.filings import ReportEvent
from services.notifier.usecases.file_reports import FileReports
from services.notifier.usecases.raise_watermark import RaiseWatermark
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.strict_json import Unreadable, parse
from shared.contracts.topics import REPORTS, WATERMARKS
from shared.contracts.wire import header_texts
from shared.infra.health import Health
from shared.infra.kafka.broker import Poison, Record
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.inbox import Effect, Inbox
from shared.infra.postgres.database import Database
from shared.infra.settings import ServiceSettings

E = TypeVar("E", bound=Event)
M = TypeVar("M")

REPORTS_GROUP, WATERMARKS_GROUP = "notifier", "notifier-watermarks"
"""Consumer groups; each is the name of its inbox, too."""

_REPORTS: Mapping[str, type[ReportEvent]] = {
    it.type_name(): it for it in (ReportAccepted, ReportWithdrawn)
}
_WATERMARKS = {IntakeCaughtUp.type_name(): IntakeCaughtUp}


@dataclass(frozen=True)
class Subscriptions:
    """Makes the consumers of one process."""

    settings: ServiceSettings
    database: Database
    health: Health
    after_batch: Callable[[], None]

    def reports(self, file_reports: FileReports) -> ConsumerSupervisor[ReportEvent]:
        """Return the consumer of report events."""
        return self._consumer(REPORTS, REPORTS_GROUP, decode_report, file_reports)

    def watermarks(self, raise_watermark: RaiseWatermark) -> ConsumerSupervisor[IntakeCaughtUp]:
        """Return the consumer of intake's watermarks."""
        return self._consumer(WATERMARKS, WATERMARKS_GROUP, decode_watermark, raise_watermark)

    def _consumer(
        self, topic: str, group: str, decode: Callable[[Record], M | Poison], effect: Effect[M]
    ) -> ConsumerSupervisor[M]:
        return ConsumerSupervisor(
            Inbox(self.database, group, effect, "notifier"),
            decode,
            topic,
            bootstrap=self.settings.kafka,
            group=group,
            instance=self.settings.instance,
            health=self.health,
            after=self.after_batch,
        )


def decode_report(record: Record) -> ReportEvent | Poison:
    """Decode a record of the reports topic."""
    return _decode(record, _REPORTS)


def decode_watermark(record: Record) -> IntakeCaughtUp | Poison:
    """Decode a record of the watermarks topic."""
    return _decode(record, _WATERMARKS)


def _decode(record: Record, types: Mapping[str, type[E]]) -> E | Poison:
    event_type = types.get(header_texts(record.headers).get("ce_type", ""))
    if event_type is None:
        return Poison("unknown_type")
    try:
        return event_type.model_validate(parse(record.value))
    except Unreadable as problem:
        return Poison(str(problem))
    except ValidationError:
        return Poison("invalid")
