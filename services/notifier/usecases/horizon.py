"""
The horizon: the instant before which every report received has been read here.

Intake publishes ``IntakeCaughtUp(w)`` after every report received before w. Once w has been read,
and after that no record of the reports topic is left to apply, those reports are in our tables. In
that order: a lag measured first would miss what was published in between.
See ``docs/decisions/0002-watermark.md``.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from services.notifier.store.duties import ClockAndWatermark, OpenDutyStore
from shared.infra.postgres.database import Database

log = structlog.get_logger()


class Horizon:
    """Computes the horizon; without one no duty may be called overdue."""

    def __init__(
        self,
        database: Database,
        open_store: OpenDutyStore,
        behind: Callable[[], Awaitable[int]],
    ) -> None:
        """Measure the lag by *behind*: how many records of the reports topic are not applied."""
        self._database = database
        self._open_store = open_store
        self._behind = behind
        self._logged_reason = ""

    async def as_of(self) -> datetime | None:
        """
        Return the horizon; None while there is none.

        Raises what the database or Kafka raises: an unknown lag is not "no lag".
        """
        clock = await self.clock_and_watermark()
        if clock.watermark is None:
            self._log_once("no watermark of intake was read yet")
            return None
        if await self._behind():
            self._log_once("reports are still being read")
            return None
        self._logged_reason = ""
        return min(clock.now, clock.watermark)

    async def clock_and_watermark(self) -> ClockAndWatermark:
        """Read the database's clock and the watermark."""
        async with self._database.connection() as connection:
            return await self._open_store(connection).clock_and_watermark()

    def _log_once(self, reason: str) -> None:
        if reason != self._logged_reason:
            log.info("no duty is judged for now", reason=reason)
        self._logged_reason = reason
