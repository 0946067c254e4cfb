"""
The watermark: "whatever was received before this instant has been judged and published".

The notifier accuses nobody before it has seen a watermark beyond the due instant. Three things
make the sentence true. (1) Every transaction that receives holds the lock ``RECEIVE`` shared, and
HTTP reads its receipt time only after it has the lock; the watermark takes it exclusively and
reads the clock then. So whatever was received by HTTP before that instant has committed. (2) Then
Kafka is asked where its partitions end, and nothing may lie beyond our stored positions. So
whatever the broker appended before that instant has committed too. (3) The relay sends rows of the
outbox in the order of their ids. Ids are taken before the commit, so in general a lower id may
become visible later; but while the lock is held exclusively nobody else is between taking an id
and committing. So the watermark's row has a higher id than all that it vouches for, and leaves
once none of their rows is left, which is once Kafka has acknowledged them.

Two seconds are taken off, since the broker stamps submissions by its own clock.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from aiokafka.errors import KafkaTimeoutError

from services.intake.usecases.receive import PRODUCER
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.event import derived_id
from shared.contracts.topics import REPORTS, WATERMARKS
from shared.infra.health import Health
from shared.infra.kafka.outbox import Outgoing, write_outbox
from shared.infra.postgres import locks
from shared.infra.postgres.database import Database
from shared.infra.postgres.locks import AdvisoryLock
from shared.infra.supervised import Supervised

CLOCK_SKEW = timedelta(seconds=2)
WAIT_SECONDS_MAX = 2
"""For the lock, and for Kafka's answer while it is held: who receives must not wait longer."""

FAILURES_TOLERATED = 5
"""So many in a row are not reported: a watermark that is late for once harms nobody."""


class AdvanceWatermark:
    """Says at intervals up to when intake has caught up; says nothing when it does not know."""

    def __init__(
        self,
        database: Database,
        behind: Callable[[], Awaitable[int]],
        every_seconds: float,
        health: Health,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._behind = behind
        self._every_seconds = every_seconds
        self._after = after
        # A busy moment is no outage: who receives holds the lock while a batch lasts.
        self._supervised = Supervised(
            "watermark",
            health,
            pause_seconds_max=every_seconds,
            tolerated=FAILURES_TOLERATED,
        )

    async def run(self) -> None:
        """Advance for ever."""
        await self._supervised.for_ever(self.advance, lambda _: asyncio.sleep(self._every_seconds))

    async def advance(self) -> datetime | None:
        """
        Publish a watermark if intake has caught up; return it.

        Raises:
            KafkaError: Kafka could not be asked, so nothing was said.

        """
        if await self._read_behind():  # without the lock: a Kafka that is away must block nobody
            return None
        async with self._database.transaction() as connection:
            await connection.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS_MAX}s'")
            await locks.lock(connection, AdvisoryLock.RECEIVE)
            now: datetime = await connection.fetchval("SELECT clock_timestamp()")
            if await self._read_behind():
                return None
            watermark = now - CLOCK_SKEW
            event = IntakeCaughtUp(
                event_id=derived_id("watermark", watermark.isoformat()),
                occurred_at=now,
                watermark=watermark,
            )
            outgoing = Outgoing(WATERMARKS, "intake", event, PRODUCER, after=REPORTS)
            await write_outbox(connection, [outgoing])
        self._after()
        return watermark

    async def _read_behind(self) -> int:
        try:
            async with asyncio.timeout(WAIT_SECONDS_MAX):
                return await self._behind()
        except TimeoutError as problem:
            raise KafkaTimeoutError("Kafka does not say how far its partitions go") from problem
