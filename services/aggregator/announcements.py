"""
The outbox of totals: what changed is announced once, as it is now, however often it changed.

Reads ``dirty_total`` and the ledger; publishes ``ProvincialTotalsChanged`` on ``qcdc.totals.v1``,
a compacted topic on which only the newest of each province, form and period matters.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from services.aggregator.answers import figure
from services.aggregator.domain.coverage import coverage
from services.aggregator.pictures import Pictures, Question, known_period
from shared.contracts.event import derived_id
from shared.contracts.totals import ProvincialTotalsChanged
from shared.contracts.wire import encode
from shared.infra.database import Connection, load_queries
from shared.infra.outbox import Waiting
from shared.infra.topics import COMMON, TOTALS

QUERIES = load_queries(Path(__file__).parent / "announcements.sql")
SOURCE = "qcdc/aggregator"
PER_PASS_MAX = 50
"""A pass is one transaction and renders each picture anew, so it is kept short."""
_PARTITIONS = next(it.partitions for it in COMMON if it.name == TOTALS)


class _Token(NamedTuple):
    province: str
    form: str
    period: str
    version: int


class DirtyTotals:
    """Totals that the world has not heard of yet (``shared.infra.outbox.Pending``)."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        provinces = pictures.facts.directory.provinces()
        self._partitions = {key: place % _PARTITIONS for place, key in enumerate(provinces)}

    async def take(self, connection: Connection, limit: int) -> Sequence[Waiting]:
        """
        Render what has waited longest.

        The version is read before the figures: figures that change in between are announced
        again, and none is ever announced as newer than it is.
        """
        rows = await connection.fetch(QUERIES["take"], min(limit, PER_PASS_MAX))
        return [await self._render(connection, _Token(*row)) for row in map(tuple, rows)]

    async def forget(self, connection: Connection, sent: Sequence[Waiting]) -> None:
        """Remove what the broker acknowledged, unless it has changed since."""
        tokens = sorted(it.token for it in sent if isinstance(it.token, _Token))
        *keys, versions = map(list, zip(*tokens, strict=True))
        await connection.execute(QUERIES["lock"], *keys)  # in the order of the ledger's own locks
        await connection.execute(QUERIES["forget"], *keys, versions)

    async def _render(self, connection: Connection, token: _Token) -> Waiting:
        message = encode(await self._event(connection, token), SOURCE)
        return Waiting(
            token,
            TOTALS,
            self._partitions.get(token.province),
            "|".join(token[:3]).encode(),
            message.headers,
            message.body,
        )

    async def _event(self, connection: Connection, token: _Token) -> ProvincialTotalsChanged:
        """Tell how the figures stand; saying the same again gives the same event."""
        province, layout = token.province, self._pictures.layouts.known(token.form, token.period)
        period = known_period(token.period)
        question = Question(province, province, {period: [layout]})
        moment = await self._pictures.moment(connection, province)
        readings = await self._pictures.readings(connection, question)
        figures = tuple(figure(it) for it in readings)
        receipts = await self._pictures.receipts(connection, question)
        its_coverage = coverage(
            self._pictures.owing(layout, period, province), receipts[token.form].values()
        )
        watermark = moment.watermark or moment.as_of
        return ProvincialTotalsChanged(
            event_id=derived_id(*token[:3], watermark, its_coverage, figures),
            occurred_at=watermark,
            province=province,
            form=token.form,
            period=token.period,
            watermark=watermark,
            coverage=its_coverage,
            figures=figures,
        )
