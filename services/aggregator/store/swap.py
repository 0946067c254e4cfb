"""The end of a rebuild: stop the writers, compare, copy the other tables, rename the schemas."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from services.aggregator.domain.fold import ProvinceTotal
from services.aggregator.errors import CannotRebuild, RebuildRunning
from services.aggregator.store.announcements import mark_dirty
from shared.infra.errors import Partition
from shared.infra.postgres import locks
from shared.infra.postgres.database import Connection, load_queries
from shared.infra.postgres.locks import AdvisoryLock

QUERIES = load_queries(Path(__file__).parent / "rebuild.sql")
EXAMPLES_MAX = 10
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '60s'"


@dataclass(frozen=True)
class RebuildOutcome:
    """How a rebuild ended."""

    records: int
    reports: int
    totals: int
    differences: int
    examples: tuple[str, ...]
    swapped: bool
    seconds: float = 0.0

    @property
    def summary(self) -> str:
        """One line for the operator."""
        kept = "swapped in" if self.swapped else "not swapped in: the live tables stay"
        return (
            f"{self.records} records replayed in {self.seconds:.1f} s:"
            f" {self.reports} reports, {self.totals} totals,"
            f" {self.differences} differences; {kept}"
        )

    @property
    def exit_code(self) -> int:
        """The exit code of the command: 1 when the live tables differ."""
        return 1 if self.differences else 0


class Swap:
    """One connection that puts the schema ``<live>_rebuild`` in the place of *live*."""

    def __init__(self, connection: Connection, live: str) -> None:
        self._connection = connection
        self.live = live
        self.new = f"{live}_rebuild"
        self._old = f"{live}_old"

    async def drop_leftovers(self) -> None:
        """Drop the schemas of an earlier rebuild."""
        await self._execute("drop_leftovers")

    async def live_positions(self, stream: str) -> Mapping[Partition, int]:
        """Return the positions of the live ledger."""
        rows = await self._connection.fetch(self._query("live_positions"), stream)
        return {Partition(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    async def finish(
        self,
        catch_up: Callable[[], Awaitable[int]],
        province_of: Callable[[str], str],
        *,
        only_if_equal: bool,
    ) -> RebuildOutcome:
        """
        Stop the writers, let *catch_up* replay the rest, compare, and swap.

        With *only_if_equal* a difference leaves the live tables in place, and the rebuilt ones
        beside them for inspection; without, the totals that differ are announced.
        """
        async with self._connection.transaction():
            await self._connection.execute(_LOCK_TIMEOUT)
            await self._lock("stop_writers")
            records = await catch_up()
            await self._execute("compare")
            outcome = await self._outcome(records, only_if_equal=only_if_equal)
            if not outcome.swapped:
                return outcome
            await self._execute("carry_over")
            await self._announce_differences(province_of)
            await self._lock("stop_readers")
            await self._execute("swap")
        await self._execute("drop_old")
        return outcome

    async def _lock(self, name: str) -> None:
        try:
            await self._execute(name)
        except asyncpg.LockNotAvailableError as problem:
            raise CannotRebuild(f"the live tables were never free: {problem}") from problem

    async def _outcome(self, records: int, *, only_if_equal: bool) -> RebuildOutcome:
        (row,) = await self._connection.fetch(self._query("how_many"))
        examples = await self._connection.fetch(self._query("examples"), EXAMPLES_MAX)
        return RebuildOutcome(
            records,
            row["reports"],
            row["totals"],
            row["differences"],
            tuple(it["example"] for it in examples),
            swapped=not (only_if_equal and row["differences"]),
        )

    async def _announce_differences(self, province_of: Callable[[str], str]) -> None:
        rows = await self._connection.fetch(self._query("touched"))
        provinces = {
            ProvinceTotal(province_of(it["area"]), it["form"], it["period"]) for it in rows
        }
        await self._connection.execute("SELECT set_config('search_path', $1, true)", self.new)
        await mark_dirty(self._connection, provinces)

    async def _execute(self, name: str) -> None:
        await self._connection.execute(self._query(name))

    def _query(self, name: str) -> str:
        quoted = (f'"{schema}"' for schema in (self.live, self.new, self._old))
        return QUERIES[name].format(**dict(zip(("live", "new", "old"), quoted, strict=True)))


@asynccontextmanager
async def swapping(url: str, live: str) -> AsyncIterator[tuple[Swap, Connection]]:
    """
    Connect, and exclude other rebuilds of *live*.

    Raises:
        RebuildRunning: when another rebuild is running.

    """
    connection = await asyncpg.connect(url, timeout=10, server_settings={"search_path": live})
    try:
        if not await locks.try_lock_session(connection, AdvisoryLock.REBUILD):
            raise RebuildRunning
        yield Swap(connection, live), connection
    finally:
        await connection.close()
