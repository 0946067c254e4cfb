"""Records of ``qcdc.reports.v1`` as revisions in cell order."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from pydantic import ValidationError

from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.ledger import Ledger
from services.aggregator.domain.reports import Counted, Revision
from services.aggregator.usecases.count import count_reports
from shared.contracts.newer import is_newer
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.topics import REPORTS
from shared.contracts.wire import header_texts
from shared.infra.kafka.records import Newer, Poison, Record
from shared.infra.kafka.subscription import Subscription, subscriber
from shared.infra.postgres.database import Connection
from shared.reference.figures import to_units
from shared.reference.slots import Slot

_EVENTS: Mapping[bytes, type[ReportAccepted] | type[ReportWithdrawn]] = {
    event.type_name().encode(): event for event in (ReportAccepted, ReportWithdrawn)
}
_TYPES = tuple(it.decode() for it in _EVENTS)


def reports(
    open_ledger: Callable[[Connection], Ledger], layouts: Layouts
) -> Subscription[Revision]:
    """Return the subscription to accepted and withdrawn reports."""

    @subscriber(REPORTS, group="aggregator", decode=ReportDecoder(layouts), refill="qcdc republish")
    async def on_reports(connection: Connection, revisions: Sequence[Revision]) -> None:
        await count_reports(open_ledger(connection), revisions, layouts)

    return on_reports


class ReportDecoder:
    """Decodes a record of ``qcdc.reports.v1``: a revision in cell order, or the reason why not."""

    def __init__(self, layouts: Layouts) -> None:
        self._layouts = layouts

    def __call__(self, record: Record) -> Revision | Poison:
        """
        Decode one record.

        They come from our own intake, so the fast parser is enough. What is not in the catalogue
        has passed the catalogue of a newer intake, and waits for that release; a record that
        cannot be read is a fault of ours and becomes a dead letter.
        """
        event_type = next((value for name, value in record.headers if name == "ce_type"), b"")
        event_class = _EVENTS.get(event_type)
        if event_class is None:
            newer = is_newer(header_texts(record.headers), _TYPES)
            return Newer("newer_type") if newer else Poison("unknown_type")
        try:
            event = event_class.model_validate_json(record.value or b"")
        except ValidationError:
            return Poison("unreadable")
        layout = self._layouts.of(event.form, event.period)
        if layout is None or layout.form.version < event.form_version:
            return Newer("newer_form")
        if not layout.form.reads(event.form_version):
            return Poison("unknown_form")
        if len(set(event.path)) < len(event.path):
            return Poison("area_named_twice")
        return _accepted(event, layout) if isinstance(event, ReportAccepted) else _withdrawn(event)


def _accepted(event: ReportAccepted, layout: Layout) -> Revision | Poison:
    position = layout.form.position
    if not (event.figures.keys() <= position.keys() and event.qualifiers.keys() <= position.keys()):
        return Newer("newer_indicator")
    figures = _figures(event, layout)
    if figures is None:
        return Poison("bad_figure")
    counted = Counted(
        event.revision,
        event.path,
        event.unit_type,
        figures,
        _positions(event, "at_least", layout, figures),
        _positions(event, "about", layout, figures),
        _positions(event, "at_most", layout, figures),
        None if event.backfilled else event.on_time,
    )
    return Revision(
        Slot(event.unit, event.form, event.period),
        counted,
        event.form_version,
        event.source,
        event.submission_id,
        event.received_at,
        event.occurred_at,
        event.first_received_at,
        event.due_at,
        event.rejudged,
    )


def _withdrawn(event: ReportWithdrawn) -> Revision:
    return Revision(
        Slot(event.unit, event.form, event.period),
        Counted(event.revision, event.path, event.unit_type, None),
        event.form_version,
        event.source,
        event.submission_id,
        event.received_at,
        event.occurred_at,
    )


def _figures(event: ReportAccepted, layout: Layout) -> list[int | None] | None:
    """Return the figures in cell order and smallest units, None when one is of a wrong type."""
    figures = list(map(event.figures.get, layout.keys))
    try:
        for position in layout.decimals:
            figures[position] = to_units(figures[position], 2)
    except ValueError:
        return None
    return None if str in map(type, figures) else cast("list[int | None]", figures)


def _positions(
    event: ReportAccepted, name: str, layout: Layout, figures: Sequence[int | None]
) -> tuple[int, ...]:
    if not event.qualifiers:
        return ()
    qualified = (key for key, qualifier in event.qualifiers.items() if qualifier == name)
    positions = (layout.form.position[key] for key in qualified)
    return tuple(sorted(position for position in positions if figures[position] is not None))
