"""
Command: count all reports again from the log, compare, and swap the new tables in.

Reads ``qcdc.reports.v1``; changes the schema of the ledger; publishes nothing, but marks the
totals that differ in ``dirty_total``.

The replay fills a schema of its own beside the live one. Near the end one transaction locks the
live ``position`` table, so that no batch is in flight and none can begin; replays exactly to the
live positions; compares ``report`` and ``total``; and renames the schemas. Transactions that
waited for the lock continue in the new tables: after the wait PostgreSQL sees that a schema was
renamed and resolves the names again, also for prepared statements (``RevalidateCachedQuery`` locks
the tables that a plan names before it trusts the plan, and a change of ``pg_namespace``
invalidates all plans). This holds because a batch, the relay and a query each begin with a
statement on a table that is locked here, and take their snapshot after it
(``test_rebuild_under_traffic``).
"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reports import Revision
from services.aggregator.errors import LogUndecided
from services.aggregator.store.schema import MIGRATE_COMMAND, MIGRATIONS
from services.aggregator.store.swap import RebuildOutcome, Swap, swapping
from services.aggregator.usecases.replay import Replay, ReplaySource
from shared.directory.follower import reference_data_in_tables
from shared.infra.kafka.log_comparison import compare_now
from shared.infra.kafka.positions import stored_positions
from shared.infra.kafka.subscription import Subscription
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Connection, Database
from shared.reference.directory import Directory

ROUNDS_MAX = 10
NEAR_RECORDS = 2000
"""At this distance from the live reader the rest takes well under a second."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RebuildParts:
    """The parts of a rebuild; ``app.py`` names the concrete classes."""

    kafka: str
    url: str
    live: str
    """The schema of the live ledger."""
    service: str
    database: Callable[[str], Database]
    """By schema."""
    subscription: Callable[[Layouts], Subscription[Revision]]
    """Counts reports; announces nothing."""


async def rebuild(
    parts: RebuildParts, *, verify: bool, progress: Progress | None = None
) -> RebuildOutcome:
    """
    Rebuild the ledger from the log and swap it in; with *verify* only if it is the same.

    A log whose first records are gone is accepted with *verify* only: once ``qcdc republish`` has
    published them again, the comparison shows that nothing is missing.

    *progress* is called with the numbers of records replayed and to be replayed.

    Raises RebuildRunning when another rebuild is running, LogTooShort when the log no longer holds
    all that was counted, LogUndecided when it is not the log that was counted, Misconfigured when
    the live tables are, or become, of another version.
    """
    began = time.monotonic()
    async with swapping(parts.url, parts.live) as (swap, connection):
        await migrate.check(connection, MIGRATIONS, MIGRATE_COMMAND)
        reference = await reference_data_in_tables(connection)
        await swap.drop_leftovers()
        await migrate.migrate(parts.url, swap.new, MIGRATIONS)
        async with _opened(parts.database(swap.new)) as database:
            layouts = Layouts(reference.catalogue)
            source = _source(parts, database, layouts, cut_allowed=verify)
            await _refuse_lost_logs(parts.kafka, connection, source.inbox.name)
            catch_up = _CatchUp(source, swap, progress)
            await catch_up.approach()

            async def complete() -> int:
                # ``qcdc migrate`` of a newer release may have changed the live tables meanwhile.
                await migrate.check(connection, MIGRATIONS, MIGRATE_COMMAND)
                return await catch_up.complete()

            province_of = _province_of(reference.directory)
            outcome = await swap.finish(complete, province_of, only_if_equal=verify)
    return replace(outcome, seconds=time.monotonic() - began)


class _CatchUp:
    """A replay up to the positions of the live ledger."""

    def __init__(self, source: ReplaySource, swap: Swap, progress: Progress | None) -> None:
        self._inbox = source.inbox.name
        self._swap = swap
        self._progress = progress
        self._total = 0
        self._replay = Replay(source, self._report)

    async def approach(self) -> None:
        """Replay until the live ledger is at most ``NEAR_RECORDS`` ahead."""
        for _ in range(ROUNDS_MAX):
            if await self._round() <= NEAR_RECORDS:
                return

    async def complete(self) -> int:
        """Replay the rest while the live positions do not move; return the number of records."""
        await self._round()
        return self._replay.replayed

    async def _round(self) -> int:
        targets = await self._swap.live_positions(self._inbox)
        behind = sum(targets.values()) - sum(self._replay.positions.values())
        self._total = sum(targets.values())
        await self._replay.up_to(targets)
        return behind

    def _report(self, done: int) -> None:
        if self._progress:
            self._progress(done, self._total)


async def _refuse_lost_logs(kafka: str, connection: Connection, stream: str) -> None:
    """Positions of another log than the one that lies there say nothing about where to end."""
    stored = await stored_positions(connection, stream)
    _, held = await compare_now(kafka, {key.partition: it for key, it in stored.items()})
    if held:
        raise LogUndecided(next(iter(held)))


def _source(
    parts: RebuildParts, database: Database, layouts: Layouts, *, cut_allowed: bool
) -> ReplaySource:
    subscription = parts.subscription(layouts)
    inbox = subscription.inbox(database, parts.service)
    return ReplaySource(parts.kafka, inbox, subscription.read, cut_allowed)


def _province_of(directory: Directory) -> Callable[[str], str]:
    """Return a function from an area to its province; an unknown area is its own."""
    return lambda area: directory.province(area) if directory.get(area) else area


@asynccontextmanager
async def _opened(database: Database) -> AsyncIterator[Database]:
    await database.open()
    try:
        yield database
    finally:
        await database.close()
