"""
The watermark: "whatever was received before this instant has been judged and published".

The notifier accuses nobody before it has seen a watermark beyond the due instant. The order of
one pass makes the sentence true; whoever receives waits for none of it but the last step.

1. The database's clock is read, then the stored positions.
2. Kafka is asked which partitions there are and where they end, then what is unread
   (``survey_unread``): up to when it is all judged, and the units of which that is not said.
3. The lock ``RECEIVE`` is taken exclusively, and the event written to the outbox. Every
   transaction that receives holds that lock shared, and HTTP reads its receipt time only after it
   has it: what HTTP received before step 1 has committed. Nobody is between taking an id of the
   outbox and committing, so the event's id is higher than those of all that it vouches for; it
   leaves once none of them is left (``Outgoing.after``).

Two seconds are taken off, since the broker stamps submissions by its own clock. One instance
advances; two would say nothing untrue, but they would look at everything twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NoReturn

from services.intake.domain.look_ahead import WaitingUnits, held_units
from services.intake.store.parked import units_of_parked
from services.intake.usecases.receive import PRODUCER
from services.intake.usecases.survey_unread import Survey, SurveyUnread
from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.event import derived_id
from shared.contracts.topics import REPORTS, WATERMARKS
from shared.infra.health import Health, HealthCondition
from shared.infra.kafka.outbox import Outgoing, write_outbox
from shared.infra.kafka.positions import Positions
from shared.infra.kafka.unread import in_time
from shared.infra.postgres import locks
from shared.infra.postgres.database import Connection, Database
from shared.infra.postgres.locks import AdvisoryLock
from shared.infra.supervised import Supervised

CLOCK_SKEW = timedelta(seconds=2)
WAIT_SECONDS_MAX = 2
"""For the lock: who receives must not wait longer behind us."""

PAUSED_SECONDS_MAX = 3
"""An owner that is silent for so long loses its ownership."""

STALLED_AFTER = timedelta(seconds=10)
"""A duty that is judged later than that after its due instant is explained by a complaint."""

FAILURES_TOLERATED = 5
"""So many in a row are not reported: a watermark that is late for once harms nobody."""

AGE = "watermark age"
"""The part of Health that says how old the watermark is."""


class WatermarkCondition(HealthCondition):
    """What may be wrong with the watermark."""

    STALLED = "watermark_stalled", "nothing: it goes on once what the log names is mended"


class AdvanceWatermark:
    """Says at intervals up to when intake has caught up; says nothing when it does not know."""

    def __init__(
        self,
        database: Database,
        stored: Callable[[], Awaitable[Positions]],
        survey: SurveyUnread,
        every_seconds: float,
        health: Health,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._stored = stored
        self._survey = survey
        self._every_seconds = every_seconds
        self._health = health
        self._after = after
        self._stands_at: datetime | None = None
        # A busy moment is no outage: who receives holds the lock while a batch lasts.
        self._supervised = Supervised(
            "watermark",
            health,
            pause_seconds_max=every_seconds,
            tolerated=FAILURES_TOLERATED,
        )

    async def run(self) -> None:
        """Advance for ever, or stand by while another instance does."""
        await self._supervised.for_ever(self._own, lambda _: asyncio.sleep(self._every_seconds))

    async def _own(self) -> None:
        """
        Advance until something fails; return at once when another instance does.

        The owner is who holds a lock, in a transaction that PostgreSQL ends when it hears nothing
        for too long: an owner that is paused hands over as one that is killed.
        """
        async with self._database.transaction() as owner:
            if not await locks.try_lock_name(
                owner, AdvisoryLock.CLAIM, "owner", PAUSED_SECONDS_MAX
            ):
                self._stands_at = None
                self._health.fine(AGE)
                return
            try:
                await locks.while_pinging(owner, self._advance_for_ever())
            finally:
                await self._survey.close()

    async def _advance_for_ever(self) -> NoReturn:
        while True:
            await self.advance()
            self._supervised.fine()
            await asyncio.sleep(self._every_seconds)

    async def advance(self) -> datetime | None:
        """
        Make one pass: publish a watermark and return it, or None when there is none.

        Raises:
            KafkaError: Kafka could not be asked, so nothing was said.

        """
        async with self._database.connection() as connection:
            now: datetime = await connection.fetchval("SELECT clock_timestamp()")
        try:
            bound, waiting = await self._surveyed(now)
            if bound.at is not None:
                await self._publish(now, bound.at - CLOCK_SKEW, waiting)
        except Exception as problem:
            self._report_age(now, None, repr(problem))
            raise
        self._report_age(now, bound.at, bound.reason)
        return bound.at and bound.at - CLOCK_SKEW

    async def _surveyed(self, now: datetime) -> Survey:
        stored = await self._stored()
        async with in_time():
            return await self._survey(now, stored)

    async def _publish(
        self, now: datetime, watermark: datetime, waiting: Sequence[WaitingUnits]
    ) -> None:
        async with self._database.transaction() as connection:
            await _hear_from(connection, WAIT_SECONDS_MAX)  # a pause here would stop who receives
            await connection.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS_MAX}s'")
            await locks.lock(connection, AdvisoryLock.RECEIVE)
            event = IntakeCaughtUp(
                event_id=derived_id("watermark", watermark.isoformat(), now.isoformat()),
                occurred_at=now,
                watermark=watermark,
                held=held_units([*waiting, *await self._parked(connection)]),
            )
            outgoing = Outgoing(WATERMARKS, "intake", event, PRODUCER, after=REPORTS)
            await write_outbox(connection, [outgoing])
        self._after()

    async def _parked(self, connection: Connection) -> Sequence[WaitingUnits]:
        """Return whose submissions were received, and wait for other reference data."""
        return [
            (it.source, dict.fromkeys(filter(self._survey.knows, it.units), it.since))
            for it in await units_of_parked(connection)
        ]

    def _report_age(self, now: datetime, published: datetime | None, reason: str) -> None:
        """Measure from what was published last; before the first, from our first pass."""
        self._stands_at = published or self._stands_at or now
        if now - self._stands_at <= STALLED_AFTER:
            self._health.fine(AGE)
        else:
            detail = f"at {self._stands_at.isoformat()}: {reason}"
            self._health.complain(AGE, WatermarkCondition.STALLED, detail)


async def _hear_from(connection: Connection, seconds: float) -> None:
    """Let PostgreSQL end this transaction when it hears nothing for so long."""
    milliseconds = str(round(seconds * 1000))
    await connection.execute(
        "SELECT set_config('idle_in_transaction_session_timeout', $1, true)", milliseconds
    )
