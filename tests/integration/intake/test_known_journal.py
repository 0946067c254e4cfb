"""While Kafka is away: tables that know what was published go on, those of a backup wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.intake.store.journal_watch import JournalIdentity, RevisionsUnknown
from services.intake.usecases.learn_revisions import PART
from shared.infra.health import Condition
from tests.builders.intake_service import NOWHERE, Upstream, document, served
from tests.eventually import eventually


@asynccontextmanager
async def begun(url: str, *, restored: bool) -> AsyncIterator[Upstream]:
    """Begin with tables that have learnt what was published, or that replace such tables."""
    async with served(url, NOWHERE) as it:
        if restored:
            async with it.intake.database.connection() as connection:
                await connection.execute("UPDATE known_journal SET tables = 'those of before'")
        with pytest.raises(RevisionsUnknown):
            it.intake.revisions.watch.check(JournalIdentity("as of a process that begins", 0))
        running = asyncio.ensure_future(it.intake.revisions.run())
        try:
            yield it
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_the_same_tables_go_on_while_kafka_is_away(postgres_url: str) -> None:
    """Nothing can have been forgotten, and senders need not wait for Kafka."""
    async with begun(postgres_url, restored=False) as it:

        async def accepted() -> bool:
            return (await it.post(document(0))).status_code == 201

        await eventually(accepted)

        assert it.intake.health.complaints[PART].condition is Condition.KAFKA_UNAVAILABLE


async def test_restored_tables_wait_for_kafka(postgres_url: str) -> None:
    """A revision that readers know already would be acknowledged, and never counted."""
    async with begun(postgres_url, restored=True) as it:

        async def cannot_read() -> bool:
            return "cannot be read" in it.intake.health.complaints[PART].detail

        await eventually(cannot_read)
        answer = await it.post(document(0))

        assert answer.status_code == 503
        assert answer.json()["type"].endswith("starting")
        assert PART in it.intake.health.obstacles
