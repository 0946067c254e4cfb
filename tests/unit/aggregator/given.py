"""Accepted reports as intake publishes them, and what reads and counts them."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from aiokafka import ConsumerRecord

from services.aggregator.domain.fold import LedgerChange, fold
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.ledger import Ledger
from services.aggregator.domain.reports import Revision
from services.aggregator.domain.totals import settle
from services.aggregator.entry.kafka import ReportDecoder
from shared.contracts.event import Event, derived_id
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.wire import encode
from shared.infra.kafka.broker import Poison, Record

DAY = datetime(2024, 1, 5, 8, tzinfo=UTC)
Value = int | str | None
COMMUNE, DISTRICT, PROVINCE = "D373.C1", "D373.1", "37.1"


@dataclass(frozen=True)
class Place:
    """Whose report it is, where it counts, and for what; by default a commune of Ninh Bình."""

    unit: str = COMMUNE
    path: tuple[str, ...] = (DISTRICT, PROVINCE)
    unit_type: str = "xa"
    form: str = "F05"
    period: str = "cal.2023"


HERE = Place()


def accepted(
    figures: Mapping[str, Value],
    place: Place = HERE,
    *,
    revision: int = 1,
    qualifiers: Mapping[str, str] | None = None,
    on_time: bool = True,
    rejudged: str | None = None,
) -> ReportAccepted:
    """Return an accepted report; later revisions were accepted later."""
    return ReportAccepted.model_validate(
        {
            **_common("accepted", place, revision),
            "figures": dict(figures),
            "qualifiers": dict(qualifiers or {}),
            "first_received_at": DAY + timedelta(minutes=1),
            "due_at": DAY + (timedelta(days=1) if on_time else timedelta(days=-1)),
            "deadline_rule": "cal.5wd",
            "on_time": on_time,
            "rejudged": rejudged,
        }
    )


def withdrawn(place: Place = HERE, *, revision: int = 2) -> ReportWithdrawn:
    """Return the withdrawal of a report."""
    return ReportWithdrawn.model_validate(
        {**_common("withdrawn", place, revision), "reason": "nhập nhầm"}
    )


def _common(what: str, place: Place, revision: int) -> dict[str, object]:
    slot = place.unit, place.form, place.period, revision
    return {
        **asdict(place),
        "event_id": derived_id(what, *slot),
        "occurred_at": DAY + timedelta(minutes=revision),
        "received_at": DAY + timedelta(minutes=revision),
        "source": "tests",
        "submission_id": derived_id("submission", *slot),
        "form_version": 1,
        "revision": revision,
    }


def record(event: Event, offset: int = 0, topic: str = "reports", partition: int = 0) -> Record:
    """Return an event as a consumer receives it."""
    message = encode(event, "qcdc/intake")
    return raw(message.body, message.headers, offset, topic, partition)


def raw(
    body: bytes | None,
    headers: Iterable[tuple[str, bytes]] = (),
    offset: int = 0,
    topic: str = "reports",
    partition: int = 0,
) -> Record:
    """Return any record at all."""
    return ConsumerRecord(
        topic, partition, offset, 1_700_000_000_000, 1, b"37.1", body, None, 4, 0, tuple(headers)
    )


def revision_of(event: Event, layouts: Layouts) -> Revision:
    """Read an event back, as the handler gets it."""
    read = ReportDecoder(layouts)(record(event))
    assert not isinstance(read, Poison), read
    return read


def count(ledger: Ledger, events: Iterable[Event], layouts: Layouts) -> LedgerChange:
    """Let a ledger count a batch of events, as the handler does."""
    revisions = [revision_of(event, layouts) for event in events]

    async def change() -> LedgerChange:
        held = await ledger.held({it.slot for it in revisions})
        changed = fold(held, revisions, layouts)
        totals = await ledger.totals(changed.moves)
        await ledger.save(changed, settle(totals, changed.moves, layouts))
        return changed

    return asyncio.run(change())
