"""
What the notifier does with what it reads.

Reads ``ReportAccepted``, ``ReportWithdrawn`` and ``IntakeCaughtUp``; changes filings, duties and
the watermark; publishes ``DutyMet`` and ``DutyOpened``.
"""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import ValidationError

from services.notifier.docket import OpenDocket
from services.notifier.domain.filings import Report, file_reports, newest
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.strict_json import Unreadable, parse
from shared.contracts.wire import header_texts
from shared.infra.broker import Poison, Record
from shared.infra.database import Connection

E = TypeVar("E", bound=Event)


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
    return _decode(record, ReportAccepted, ReportWithdrawn)


def decode_watermark(record: Record) -> IntakeCaughtUp | Poison:
    """Read a record of the watermarks topic."""
    return _decode(record, IntakeCaughtUp)


def _decode(record: Record, *types: type[E]) -> E | Poison:
    name = header_texts(record.headers).get("ce_type", "")
    known = {it.type_name(): it for it in types}.get(name)
    if known is None:
        return Poison("unknown_type")
    try:
        return known.model_validate(parse(record.value))
    except Unreadable as problem:
        return Poison(str(problem))
    except ValidationError:
        return Poison("invalid")
