"""
Command: announce totals. A changed total is published once, as it is now.

Reads ``dirty_total`` and the ledger; changes ``announced_total``; publishes
``ProvincialTotalsChanged`` on ``qcdc.totals.v1``, a compacted topic on which only the newest of
each province, form and period matters, and beside it the restatements of signed totals
(``restate``).
"""

from collections.abc import Sequence

from services.aggregator.domain.layouts import require_period
from services.aggregator.store.announcements import (
    DirtyTotal,
    dirty_totals,
    forget_dirty,
    mark_dirty,
)
from services.aggregator.store.snapshots import RestatementRow, save_restatements
from services.aggregator.usecases.render import RenderedTotals, TotalsRenderer
from services.aggregator.usecases.restate import Restatement, restatements
from shared.contracts.event import Event, derived_id
from shared.contracts.topics import PARTITIONS, TOTALS
from shared.contracts.totals import ProvincialTotalsChanged
from shared.contracts.wire import encode
from shared.directory.partitions import partition_of
from shared.infra.kafka.outbox import OutboxMessage
from shared.infra.postgres.database import Connection
from shared.reference.reference_data import ReferenceData

SOURCE = "qcdc/aggregator"
PER_PASS_MAX = 50
"""A pass is one transaction and renders each total anew, so it is kept short."""


class TotalsOutbox:
    """The outbox of totals and restatements (``shared.infra.kafka.outbox.Pending``)."""

    def __init__(self, renderer: TotalsRenderer) -> None:
        self._renderer = renderer

    async def topics(self, connection: Connection) -> Sequence[str]:
        """Name the topic of totals while there is one to announce."""
        return [TOTALS] if await dirty_totals(connection, 1) else []

    async def take(
        self,
        connection: Connection,
        topic: str,  # noqa: ARG002 - there is one
        limit: int,
    ) -> Sequence[OutboxMessage]:
        """
        Render the totals that have waited longest.

        The version is read before the figures: figures that change in between are announced
        again, and none is announced as newer than it is.
        """
        dirty = await dirty_totals(connection, min(limit, PER_PASS_MAX))
        reference = self._renderer.reader.reference()
        announced = [await self._render(connection, reference, it) for it in dirty]
        changed = {it.total: it.again for it in dirty}
        restated = await restatements(connection, self._renderer, reference, changed)
        return [*announced, *(_restated(reference, it) for it in restated)]

    async def forget(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """Unmark the totals that the broker acknowledged, unless they have changed since."""
        tokens = [it.token for it in sent]
        await forget_dirty(connection, [it for it in tokens if isinstance(it, DirtyTotal)])
        await save_restatements(connection, [it for it in tokens if isinstance(it, RestatementRow)])

    async def doubt(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """
        Mark the totals to be announced again, as they are then.

        Another relay may have announced newer figures before these arrived, and unmarked them.
        """
        totals = [it.token.total for it in sent if isinstance(it.token, DirtyTotal)]
        await mark_dirty(connection, totals, again=True)

    async def _render(
        self, connection: Connection, reference: ReferenceData, dirty: DirtyTotal
    ) -> OutboxMessage:
        """Render the figures as they are; rendering the same again gives the same event."""
        layout = self._renderer.reader.layouts.require(dirty.form, dirty.period)
        period = require_period(dirty.period)
        current = await self._renderer.render(connection, reference, dirty.province, layout, period)
        return _message(
            reference,
            dirty._replace(owing=current.owing),
            dirty.province,
            "|".join(dirty.total),
            _event(dirty, current),
        )


def _event(dirty: DirtyTotal, current: RenderedTotals) -> ProvincialTotalsChanged:
    return ProvincialTotalsChanged(
        event_id=derived_id(*dirty.total, current.watermark, current.coverage, current.figures),
        occurred_at=current.watermark,
        province=dirty.province,
        form=dirty.form,
        period=dirty.period,
        watermark=current.watermark,
        coverage=current.coverage,
        figures=current.figures,
    )


def _restated(reference: ReferenceData, restatement: Restatement) -> OutboxMessage:
    event = restatement.event
    return _message(reference, restatement.row, event.province, restatement.key, event)


def _message(
    reference: ReferenceData, token: object, province: str, key: str, event: Event
) -> OutboxMessage:
    message = encode(event, SOURCE)
    partition = partition_of(province, reference.directory, PARTITIONS[TOTALS])
    return OutboxMessage(token, TOTALS, partition, key.encode(), message.headers, message.body)
