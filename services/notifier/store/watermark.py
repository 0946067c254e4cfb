"""Intake's newest watermark, and the units that it leaves out: the statements of the SQL file."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from services.notifier.domain.completeness import CLOCK_SKEW, HeldUnit, StoredWatermark
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "watermark.sql")


class WatermarkStore:
    """The watermark within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def now(self) -> datetime:
        """Read the database's clock."""
        now: datetime = await self._connection.fetchval(QUERIES["now"])
        return now

    async def read(self) -> StoredWatermark:
        """Read clock, watermark and held units, all of one instant."""
        rows = await self._connection.fetch(QUERIES["read"])
        held = {row["unit"]: HeldUnit(row["source"], row["since"]) for row in rows if row["unit"]}
        return StoredWatermark(rows[0]["now"], rows[0]["watermark"], held)

    async def keep(self, watermark: datetime, held: Mapping[str, HeldUnit], now: datetime) -> None:
        """Replace watermark and held units together, unless the stored watermark is higher."""
        if await self._connection.fetchval(QUERIES["keep"], watermark, now + CLOCK_SKEW):
            await self._connection.execute(QUERIES["free"], list(held))
            rows = [(unit, it.source, it.since) for unit, it in sorted(held.items())]
            await self._connection.execute(QUERIES["hold"], *columns(rows, 3))
