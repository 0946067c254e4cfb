"""
Let failed notices be attempted now, because an operator has mended what made them fail.

Reads and changes notices: when they are attempted, and that their plan begins anew. The running
service sends them.
"""

from collections.abc import Collection
from dataclasses import dataclass

from services.notifier.store.notices import NoticeStore
from shared.infra.postgres.database import Database


@dataclass(frozen=True, slots=True)
class RetriedNotices:
    """The ids of the notices to attempt now, and those of the wanted ones that are not failed."""

    retried: tuple[str, ...]
    not_failed: tuple[str, ...]


class RetryNotices:
    """Changes notice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(
        self, notice_ids: Collection[str] | None, *, dry_run: bool
    ) -> RetriedNotices:
        """Retry these failed notices, None is all; with *dry_run* only say which."""
        async with self._database.transaction() as connection:
            store = NoticeStore(connection)
            failed = [it.notice_id for it in await store.failed()]
            wanted = failed if notice_ids is None else [it for it in failed if it in notice_ids]
            if not dry_run:
                await store.retry(wanted)
        missing = sorted(set(notice_ids or ()) - set(failed))
        return RetriedNotices(tuple(wanted), tuple(missing))
