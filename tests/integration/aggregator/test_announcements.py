"""Totals of a province are published once, as they are, and again when they have changed."""

from services.aggregator.domain.layouts import Layouts
from services.aggregator.usecases.announce import TotalsOutbox
from shared.contracts.topics import TOTALS
from shared.contracts.totals import ProvincialTotalsChanged
from shared.infra.kafka.outbox import OutboxMessage
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import accepted
from tests.integration.aggregator.counting import Counting
from tests.integration.aggregator.publishing import renderer

HUNDRED = 100


def event(waiting: OutboxMessage) -> ProvincialTotalsChanged:
    """Read what is about to be published."""
    return ProvincialTotalsChanged.model_validate_json(waiting.body)


async def test_a_province_is_announced_once_as_it_is(
    database: Database, reference: ReferenceData, layouts: Layouts
) -> None:
    """Ten corrections in ten batches are one announcement, of the last."""
    counting = Counting(database, layouts)
    for revision in range(1, 11):
        await counting.count([accepted({"dvk_models_new": 411 + revision}, revision=revision)])
    pending = TotalsOutbox(renderer(reference, layouts))

    async with database.transaction() as connection:
        (waiting,) = await pending.take(connection, TOTALS, HUNDRED)
        again = await pending.take(connection, TOTALS, HUNDRED)
        await pending.forget(connection, [waiting])
        rest = await pending.take(connection, TOTALS, HUNDRED)

    published = event(waiting)
    new = next(it for it in published.figures if (it.indicator, it.split) == ("dvk_models_new", {}))
    assert (new.value, new.display) == (421, "421")
    assert (waiting.key, waiting.partition) == (b"37.1|F05|cal.2023", 0)
    assert published.watermark == accepted({"dvk_models_new": 0}, revision=10).occurred_at
    assert (published.coverage.expected, published.coverage.reported) == (
        151,
        0,
    )  # D373.C1 owes nothing here
    assert [event(it).event_id for it in again] == [published.event_id]  # a repeat is recognisable
    assert rest == []


async def test_change_during_publication_is_announced_again(
    database: Database, reference: ReferenceData, layouts: Layouts
) -> None:
    """The row is forgotten only if it still says what was sent."""
    counting = Counting(database, layouts)
    await counting.count([accepted({"dvk_models_new": 1})])
    pending = TotalsOutbox(renderer(reference, layouts))

    async with database.transaction() as connection:
        sent = await pending.take(connection, TOTALS, HUNDRED)
        await counting.count([accepted({"dvk_models_new": 2}, revision=2)])
        await pending.forget(connection, sent)
        left = await pending.take(connection, TOTALS, HUNDRED)

    assert [event(it).figures[0].indicator for it in left] == ["land_donated_m2"]
    assert event(left[0]).event_id != event(sent[0]).event_id
