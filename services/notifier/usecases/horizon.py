"""
The horizon: the instant up to which everything that was received is known here.

Intake publishes ``IntakeCaughtUp(w)`` after every report received before w. When w has been read
and after that not one record of the reports topic is left to apply, those reports are in our own
tables. In that order: measuring the lag first would leave out what arrived in between.
See ``docs/decisions/0002-watermark.md``.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from services.notifier.store.docket import Moment, OpenDocket
from shared.infra.postgres.database import Database

log = structlog.get_logger()


class Horizon:
    """Tells how far we may judge; without an answer nobody may be accused of anything."""

    def __init__(
        self, database: Database, docket: OpenDocket, behind: Callable[[], Awaitable[int]]
    ) -> None:
        self._database = database
        self._docket = docket
        self._behind = behind
        self._held = ""

    async def as_of(self) -> datetime | None:
        """
        Return the instant before which everything is known, None while that cannot be said.

        Raises what the database or Kafka raises: an unknown lag is not "no lag".
        """
        moment = await self.moment()
        if moment.watermark is None:
            self._hold("intake has not said yet how far it is done")
            return None
        if await self._behind():
            self._hold("reports are still being read")
            return None
        self._held = ""
        return min(moment.now, moment.watermark)

    async def moment(self) -> Moment:
        """Read the database's clock and the watermark."""
        async with self._database.connection() as connection:
            return await self._docket(connection).moment()

    def _hold(self, reason: str) -> None:
        if reason != self._held:
            log.info("nobody is judged for now", reason=reason)
        self._held = reason
