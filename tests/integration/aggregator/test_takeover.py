"""A relay that stood still sends old totals late: the newest must be the newest on the topic."""

import asyncio
import json
from collections.abc import Sequence
from functools import partial

from services.aggregator.domain.layouts import Layouts
from services.aggregator.usecases.announce import TotalsOutbox
from shared.contracts.topics import COMMON, TOTALS
from shared.infra.errors import Partition
from shared.infra.health import Health
from shared.infra.kafka.broker import producer
from shared.infra.kafka.outbox import OutboxMessage
from shared.infra.kafka.partitions import held_offsets, partition_consumer, read_until
from shared.infra.kafka.relay import Relay
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.database import Connection, Database
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import accepted
from tests.eventually import eventually
from tests.integration.aggregator.counting import Counting
from tests.integration.aggregator.publishing import renderer

KEY = b"37.1|F05|cal.2023"


class StandsStill(TotalsOutbox):
    """Stands still once, between taking totals and sending them, until it is resumed."""

    def __init__(self, reference: ReferenceData, layouts: Layouts) -> None:
        super().__init__(renderer(reference, layouts))
        self.taken, self.resumed = asyncio.Event(), asyncio.Event()

    async def take(self, connection: Connection, topic: str, limit: int) -> Sequence[OutboxMessage]:
        """Take as they are now, and return them when resumed."""
        messages = await super().take(connection, topic, limit)
        self.taken.set()
        await self.resumed.wait()
        return messages


async def test_an_older_total_does_not_stay_the_newest(
    kafka: str, database: Database, reference: ReferenceData, layouts: Layouts
) -> None:
    """On a compacted topic the last record of a key is all that a new reader sees."""
    await create_missing_topics(kafka, COMMON)
    counting = Counting(database, layouts)
    await counting.count([accepted({"dvk_models_new": 1})])
    still = StandsStill(reference, layouts)
    old = asyncio.create_task(_relay(database, still, kafka))
    await still.taken.wait()
    await counting.count([accepted({"dvk_models_new": 2}, revision=2)])
    new = asyncio.create_task(_relay(database, TotalsOutbox(renderer(reference, layouts)), kafka))
    await eventually(lambda: _announced(database), seconds=60)
    taken_over = await _values(kafka)

    still.resumed.set()

    await eventually(lambda: _corrected(kafka), seconds=60)
    assert taken_over == [2]
    assert (await _values(kafka))[:2] == [2, 1]  # it came late indeed
    for task in (old, new):
        task.cancel()
    await asyncio.gather(old, new, return_exceptions=True)


async def _relay(database: Database, pending: TotalsOutbox, kafka: str) -> None:
    await Relay(database, [pending], partial(producer, kafka, "test"), Health()).run()


async def _announced(database: Database) -> bool:
    async with database.connection() as connection:
        return not await connection.fetchval("SELECT count(*) FROM dirty_total")


async def _corrected(kafka: str) -> bool:
    values = await _values(kafka)
    return len(values) > 2 and values[-1] == 2


async def _values(kafka: str) -> list[int]:
    """Return the values of the figure in the announcements, in their order on the topic."""
    partition = Partition(TOTALS, 0)
    async with partition_consumer(kafka) as consumer:
        first, end = (await held_offsets(consumer, [partition]))[partition]
        return [
            next(
                it["value"]
                for it in json.loads(record.value or b"")["figures"]
                if (it["indicator"], it["split"]) == ("dvk_models_new", {})
            )
            async for records in read_until(consumer, {partition: first}, {partition: end})
            for record in records
            if record.key == KEY
        ]
