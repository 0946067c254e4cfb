"""Publishes and signs totals, without Kafka."""

from collections.abc import Sequence

from services.aggregator.app import load_messages
from services.aggregator.domain.layouts import Layouts
from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.announce import TotalsOutbox
from services.aggregator.usecases.figures import FigureWriter
from services.aggregator.usecases.render import TotalsRenderer
from services.aggregator.usecases.sign import SignOrder, Snapshot, sign
from shared.contracts.topics import TOTALS
from shared.contracts.totals import ProvincialTotalsRestated
from shared.infra.kafka.outbox import OutboxMessage
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData

ORDER = SignOrder("37.1", "F05", "cal.2023", "Báo cáo số 12-BC/BCĐ")


def renderer(reference: ReferenceData, layouts: Layouts) -> TotalsRenderer:
    """Return what renders totals by these reference data."""
    reader = LedgerReader(lambda: reference, layouts)
    return TotalsRenderer(reader, FigureWriter(load_messages()))


async def relayed(database: Database, pending: TotalsOutbox) -> Sequence[OutboxMessage]:
    """Let one pass of the relay have been acknowledged; return what it sent."""
    async with database.transaction() as connection:
        sent = await pending.take(connection, TOTALS, 100)
        if sent:
            await pending.forget(connection, sent)
        return sent


def restatements(sent: Sequence[OutboxMessage]) -> list[ProvincialTotalsRestated]:
    """Return the restatements among what was sent."""
    return [
        ProvincialTotalsRestated.model_validate_json(it.body)
        for it in sent
        if (it.key or b"").endswith(b"|restated")
    ]


async def signed(
    database: Database,
    reference: ReferenceData,
    order: SignOrder = ORDER,
    *,
    dry_run: bool = False,
) -> Snapshot:
    """Sign figures."""
    figures = renderer(reference, Layouts(reference.catalogue))
    return await sign(database, figures, reference, order, dry_run=dry_run)
