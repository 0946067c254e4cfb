"""What intake republishes counts the same: the way out when ``qcdc.reports.v1`` was lost."""

import json
from collections.abc import Mapping, Sequence

from services.aggregator.domain.layouts import Layouts
from services.aggregator.store.schema import MIGRATIONS
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.topics import PARTITIONS, REPORTS
from shared.directory.loading import load_catalogue
from shared.infra.postgres.database import Database
from shared.infra.postgres.migrate import migrate
from tests.builders.intake_republishing import History, Published, Slot, history, read_all
from tests.builders.plumbing import new_topic
from tests.integration.aggregator.counting import Counting

__all__ = ["history"]
_CLASSES: Mapping[bytes, type[ReportAccepted] | type[ReportWithdrawn]] = {
    it.type_name().encode(): it for it in (ReportAccepted, ReportWithdrawn)
}
ROWS = "SELECT to_jsonb(r) AS row FROM {table} AS r ORDER BY to_jsonb(r)::text"


async def test_new_ledger_counts_the_same_from_republished_reports(
    history: History, postgres_url: str
) -> None:
    """In the order of slots instead of the order of arrival: revisions decide, not offsets."""
    topic = await new_topic(history.kafka, PARTITIONS[REPORTS])
    await history.republish(topic=topic)
    again = await read_all(history.kafka, topic, 13)
    in_order_of_arrival = sorted(_events(history.first), key=lambda it: it.occurred_at)

    first = await _counted(postgres_url, "first", in_order_of_arrival)
    republished = await _counted(postgres_url, "republished", _events(again))

    assert len(first["report"]) == 13
    assert first["total"]
    assert republished == first


async def _counted(
    url: str, schema: str, events: Sequence[ReportAccepted | ReportWithdrawn]
) -> dict[str, list[object]]:
    await migrate(url, schema, MIGRATIONS)
    database = Database(url, application="test", schema=schema)
    await database.open()
    try:
        await Counting(database, Layouts(load_catalogue())).count(events)
        async with database.connection() as connection:
            return {
                table: [
                    json.loads(it["row"]) for it in await connection.fetch(ROWS.format(table=table))
                ]
                for table in ("report", "total")
            }
    finally:
        await database.close()


def _events(
    slots: Mapping[Slot, Sequence[Published]],
) -> list[ReportAccepted | ReportWithdrawn]:
    return [
        _CLASSES[dict(headers)["ce_type"]].model_validate_json(body or b"")
        for records in slots.values()
        for _, headers, body, _ in records
    ]
