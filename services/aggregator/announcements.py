"""
The outbox of totals: what changed is announced once, as it is now, however often it changed.

Reads ``dirty_total`` and the ledger; changes ``announced_total``; publishes
``ProvincialTotalsChanged`` on ``qcdc.totals.v1``, a compacted topic on which only the newest of
each province, form and period matters, and beside it what has become of signed totals
(``restating``).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from services.aggregator.pictures import Pictures
from services.aggregator.restating import Restatement, Told, remember, restatements
from services.aggregator.sheets import known_period
from services.aggregator.statements import Statement, statement
from shared.contracts.event import Event, derived_id
from shared.contracts.topics import PARTITIONS, TOTALS
from shared.contracts.totals import ProvincialTotalsChanged
from shared.contracts.wire import encode
from shared.directory.partitions import partition_of
from shared.infra.kafka.outbox import OutboxMessage
from shared.infra.postgres.database import Connection, load_queries
from shared.reference.reference_data import ReferenceData

QUERIES = load_queries(Path(__file__).parent / "announcements.sql")
SOURCE = "qcdc/aggregator"
PER_PASS_MAX = 50
"""A pass is one transaction and renders each picture anew, so it is kept short."""


class _Token(NamedTuple):
    province: str
    form: str
    period: str
    version: int
    owing: str = ""
    """Who owed when it was rendered, as a digest."""


class DirtyTotals:
    """Totals that the world has not heard of yet (``shared.infra.kafka.outbox.Pending``)."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures

    async def take(self, connection: Connection, limit: int) -> Sequence[OutboxMessage]:
        """
        Render what has waited longest.

        The version is read before the figures: figures that change in between are announced
        again, and none is ever announced as newer than it is.
        """
        rows = await connection.fetch(QUERIES["take"], min(limit, PER_PASS_MAX))
        reference = self._pictures.reference()
        tokens = [_Token(*row) for row in map(tuple, rows)]
        waiting = [await self._render(connection, reference, it) for it in tokens]
        changed = [it[:3] for it in tokens]
        told = await restatements(connection, self._pictures, reference, changed)
        return [*waiting, *(_restated(reference, it) for it in told)]

    async def forget(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """Remove what the broker acknowledged, unless it has changed since."""
        tokens = sorted(it.token for it in sent if isinstance(it.token, _Token))
        *keys, versions, owing = map(list, zip(*tokens, strict=True))
        await connection.execute(QUERIES["lock"], *keys)  # in the order of the ledger's own locks
        await connection.execute(QUERIES["forget"], *keys, versions)
        await connection.execute(QUERIES["remember"], *keys, owing)
        await remember(connection, [it.token for it in sent if isinstance(it.token, Told)])

    async def _render(
        self, connection: Connection, reference: ReferenceData, token: _Token
    ) -> OutboxMessage:
        """Tell how the figures stand; saying the same again gives the same event."""
        layout = self._pictures.layouts.known(token.form, token.period)
        place = layout, known_period(token.period)
        found = await statement(connection, self._pictures, reference, token.province, place)
        return _waiting(
            reference,
            token._replace(owing=found.owing),
            token.province,
            "|".join(token[:3]),
            _event(token, found),
        )


def _event(token: _Token, found: Statement) -> ProvincialTotalsChanged:
    return ProvincialTotalsChanged(
        event_id=derived_id(*token[:3], found.watermark, found.coverage, found.figures),
        occurred_at=found.watermark,
        province=token.province,
        form=token.form,
        period=token.period,
        watermark=found.watermark,
        coverage=found.coverage,
        figures=found.figures,
    )


def _restated(reference: ReferenceData, it: Restatement) -> OutboxMessage:
    return _waiting(reference, it.told, it.event.province, it.key, it.event)


def _waiting(
    reference: ReferenceData, token: object, province: str, key: str, event: Event
) -> OutboxMessage:
    message = encode(event, SOURCE)
    partition = partition_of(province, reference.directory, PARTITIONS[TOTALS])
    return OutboxMessage(token, TOTALS, partition, key.encode(), message.headers, message.body)
