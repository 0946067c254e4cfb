"""
What the notifier does with what it reads.

Reads ``ReportAccepted``, ``ReportWithdrawn`` and ``IntakeCaughtUp``; changes filings, duties, the
audit of due instants and the watermark; publishes ``DutyMet`` and ``DutyOpened``.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import ValidationError

from services.notifier.domain.filings import Report, file_reports, newest
from services.notifier.store.docket import OpenDocket
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.strict_json import Unreadable, parse
from shared.contracts.wire import header_texts
from shared.infra.kafka.broker import Poison, Record
from shared.infra.postgres.database import Connection

E = TypeVar("E", bound=Event)
_REPORTS: Mapping[str, type[Report]] = {
    it.type_name(): it for it in (ReportAccepted, ReportWithdrawn)
}
_WATERMARKS = {IntakeCaughtUp.type_name(): IntakeCaughtUp}


class Handlers:
    """The effect of each batch, inside the stream's transaction."""

    def __init__(self, docket: OpenDocket) -> None:
        self._docket = docket

    async def on_reports(self, connection: Connection, reports: Sequence[Report]) -> None:
        """File what was accepted or withdrawn; meet duties, or open them again."""
        docket = self._docket(connection)
        await docket.share()
        latest = newest(reports)
        entries = await docket.entries(latest)
        await docket.change(file_reports(entries, latest))

    async def on_watermarks(
        self, connection: Connection, watermarks: Sequence[IntakeCaughtUp]
    ) -> None:
        """Remember how far intake is done."""
        docket = self._docket(connection)
        await docket.raise_watermark(max(it.watermark for it in watermarks))


def decode_report(record: Record) -> Report | Poison:
    """Read a record of the reports topic."""
    return _decode(record, _REPORTS)


def decode_watermark(record: Record) -> IntakeCaughtUp | Poison:
    """Read a record of the watermarks topic."""
    return _decode(record, _WATERMARKS)


def _decode(record: Record, types: Mapping[str, type[E]]) -> E | Poison:
    known = types.get(header_texts(record.headers).get("ce_type", ""))
    if known is None:
        return Poison("unknown_type")
    try:
        return known.model_validate(parse(record.value))
    except Unreadable as problem:
        return Poison(str(problem))
    except ValidationError:
        return Poison("invalid")
