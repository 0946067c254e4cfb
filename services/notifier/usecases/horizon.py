"""
The horizon: the instant before which every report received has been read here.

Intake publishes ``IntakeCaughtUp(w)`` after every report received before w. So those reports lie
before the ends that the partitions of the reports topic have once w has been read; when our
positions have passed these ends, the reports are in our tables. The ends are asked for after the
watermark was read and remembered with it: that nothing at all is unread need never be true. What
intake holds back is remembered with them too, since a unit that has become free later may have
reports behind those ends. See ``docs/decisions/0002-watermark.md``.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import structlog

from services.notifier.domain.completeness import Completeness, StoredWatermark
from services.notifier.store.watermark import WatermarkStore
from shared.infra.errors import Partition
from shared.infra.health import Health, HealthCondition
from shared.infra.postgres.database import Database

STALLED_AFTER = timedelta(seconds=10)
"""A duty that is judged later than that after its due instant is explained by a complaint."""

WATERMARK, HELD = "watermark age", "held units"
"""The parts of Health for what a committee would miss."""

log = structlog.get_logger()


class HorizonCondition(HealthCondition):
    """What may keep duties from being judged."""

    STALLED = "watermark_stalled", "nothing: it goes on once what the log names is mended"
    CLOCK_AHEAD = "clock_ahead", "nothing: it ends with the first watermark that is not ahead"
    UNITS_HELD = "units_held", "nothing: they are free once intake has read their source's topic"


class ReportsProgress(Protocol):
    """How far one topic has been applied."""

    async def ends(self) -> Mapping[Partition, int]:
        """Ask Kafka where the partitions end now."""

    async def has_passed(self, ends: Mapping[Partition, int]) -> bool:
        """Tell whether every record before these ends has been applied."""

    async def close(self) -> None:
        """Give the connections to Kafka back."""


class _Vouched(NamedTuple):
    """A watermark, and the ends before which all that it vouches for lies."""

    stored: StoredWatermark
    watermark: datetime
    ends: Mapping[Partition, int]


class Horizon:
    """Computes the horizon; without one no duty may be called overdue."""

    def __init__(self, database: Database, progress: ReportsProgress, health: Health) -> None:
        self._database = database
        self._progress = progress
        self._health = health
        self._one_at_a_time = asyncio.Lock()
        self._reached: _Vouched | None = None
        self._awaited: _Vouched | None = None
        self._began: datetime | None = None
        self._logged_reason = ""

    async def completeness(self) -> Completeness | None:
        """
        Return up to when all reports are here, and of whom that is not said; None if unknown.

        Raises what the database or Kafka raises: an unknown lag is not "no lag".
        """
        async with self._one_at_a_time:
            stored = await self.stored()
            self._report(stored)
            if stored.watermark is None or stored.ahead:
                self._log_once("no watermark of intake that can be believed was read yet")
                return None
            await self._advance(_Vouched(stored, stored.watermark, await self._progress.ends()))
            if self._reached is None:
                self._log_once("reports are still being read")
                return None
            self._logged_reason = ""
            _, watermark, _ = self._reached
            return Completeness(min(stored.now, watermark), self._reached.stored.held)

    async def stored(self) -> StoredWatermark:
        """Read the database's clock and what intake said last."""
        async with self._database.connection() as connection:
            return await WatermarkStore(connection).read()

    async def close(self) -> None:
        """Give the connections to Kafka back."""
        await self._progress.close()

    async def _advance(self, newest: _Vouched) -> None:
        """Go on to the newest watermark if what it vouches for is here, else to an earlier one."""
        if self._reached and await self._is_void(self._reached, newest):
            self._reached = self._awaited = None
        if await self._progress.has_passed(newest.ends):
            self._reached, self._awaited = newest, None
        elif self._awaited is None:
            self._awaited = newest
        elif await self._progress.has_passed(self._awaited.ends):
            self._reached, self._awaited = self._awaited, newest

    async def _is_void(self, reached: _Vouched, newest: _Vouched) -> bool:
        """Tell whether our tables have gone back, as after a restore: then they lack reports."""
        return newest.watermark < reached.watermark or not await self._progress.has_passed(
            reached.ends
        )

    def _report(self, stored: StoredWatermark) -> None:
        self._began = self._began or stored.now
        if stored.now - (stored.watermark or self._began) > STALLED_AFTER:
            at = stored.watermark.isoformat() if stored.watermark else "none was read"
            self._health.complain(WATERMARK, HorizonCondition.STALLED, f"intake's watermark: {at}")
        else:
            self._health.fine(WATERMARK)
        if stored.held:
            number = Counter(it.source for it in stored.held.values())
            since = min(it.since for it in stored.held.values())
            detail = ", ".join(f"{count} of {source}" for source, count in sorted(number.items()))
            detail = f"since {since.isoformat()}: {detail}"
            self._health.complain(HELD, HorizonCondition.UNITS_HELD, detail)
        else:
            self._health.fine(HELD)

    def _log_once(self, reason: str) -> None:
        if reason != self._logged_reason:
            log.info("no duty is judged for now", reason=reason)
        self._logged_reason = reason
