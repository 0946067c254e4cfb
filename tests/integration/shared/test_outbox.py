"""The outbox: what one topic refuses holds up that topic, and nothing overtakes its barrier."""

from shared.infra.postgres.database import Database
from tests.builders.outbox import REFUSE, configure, left, numbers_on, outgoing, relaying, write
from tests.builders.plumbing import migrated, new_topic
from tests.eventually import eventually


async def test_a_watermark_waits_for_the_reports_that_kafka_refuses(
    kafka: str, postgres_url: str
) -> None:
    """It vouches for them: who reads it accuses whoever has no report (safety finding 1)."""
    reports, watermarks = await new_topic(kafka), await new_topic(kafka)
    await configure(kafka, reports, REFUSE)
    async with migrated(postgres_url) as database, relaying(database, kafka) as (_, health):
        await write(
            database,
            *(outgoing(reports, it) for it in range(5)),
            outgoing(watermarks, 0, after=reports),
            outgoing(reports, 5),
        )
        await eventually(lambda: _refused(health.complaints))
        overtaking = await numbers_on(kafka, watermarks)

        await configure(kafka, reports, {})
        await eventually(lambda: _all_left(database, reports, watermarks), seconds=30)

        assert overtaking == []
        assert await numbers_on(kafka, reports) == [0, 1, 2, 3, 4, 5]
        assert await numbers_on(kafka, watermarks) == [0]


async def _refused(complaints: object) -> bool:
    return "MessageSizeTooLarge" in str(complaints)


async def _all_left(database: Database, *topics: str) -> bool:
    return not sum([await left(database, it) for it in topics])
