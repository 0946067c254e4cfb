"""Totals to be announced (``dirty_total``), and those announced (``announced_total``)."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from services.aggregator.domain.fold import ProvinceTotal
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "announcements.sql")


class DirtyTotal(NamedTuple):
    """A total that changed; ``version`` rises with every change."""

    province: str
    form: str
    period: str
    version: int
    again: bool = False
    """Whether its restatements are published too if they have not changed."""
    owing: str = ""
    """The digest of the units that owed when it was rendered."""

    @property
    def total(self) -> ProvinceTotal:
        """Which total it is."""
        return ProvinceTotal(self.province, self.form, self.period)


class AnnouncedTotal(NamedTuple):
    """A total that was announced, with the digest of the units that owed then."""

    province: str
    form: str
    period: str
    owing: str


async def mark_dirty(
    connection: Connection, totals: Iterable[ProvinceTotal], *, again: bool = False
) -> None:
    """Mark totals to be announced, with the figures of that time; *again* with restatements."""
    if rows := sorted(totals):
        await connection.execute(QUERIES["mark_dirty"], *columns(rows, 3), again)


async def dirty_totals(connection: Connection, limit: int) -> list[DirtyTotal]:
    """Return the totals that have waited longest."""
    return [DirtyTotal(*row) for row in await connection.fetch(QUERIES["take"], limit)]


async def forget_dirty(connection: Connection, announced: Sequence[DirtyTotal]) -> None:
    """Remove announced totals unless they changed since; save the digests of who owed."""
    *keys, versions, _, owing = columns(sorted(announced), len(DirtyTotal._fields))
    await connection.execute(QUERIES["lock"], *keys)  # in the order of the ledger's own locks
    await connection.execute(QUERIES["forget"], *keys, versions)
    await connection.execute(QUERIES["save_announced"], *keys, owing)


async def announced_totals(connection: Connection) -> list[AnnouncedTotal]:
    """Return every total that was announced."""
    return [AnnouncedTotal(*row) for row in await connection.fetch(QUERIES["announced"])]
