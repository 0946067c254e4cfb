"""
The notifier's notices, from its own tables.

Composed here and not in the notifier's ``app``: the operator's image cannot write or send mail.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from services.notifier.domain.attempts import NoticeState
from services.notifier.store.views import ViewStore
from services.notifier.usecases.notices import ListNotices, NoticeView
from services.notifier.usecases.retry_notices import RetriedNotices, RetryNotices
from shared.directory.follower import reference_data_in_tables
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database
from tools.qcdc.databases import migrations_of
from tools.qcdc.settings import OperatorSettings


async def newest(
    settings: OperatorSettings, state: NoticeState | None, limit: int
) -> list[NoticeView]:
    """Return the newest notices in a state, None is any, the newest first."""
    async with _database(settings) as database:
        async with database.connection() as connection:
            directory = (await reference_data_in_tables(connection)).directory
        found = await ListNotices(ViewStore(database), lambda: directory)(limit, state=state)
        return found.notices


async def retry(
    settings: OperatorSettings, notice_ids: Collection[str] | None, *, dry_run: bool
) -> RetriedNotices:
    """Let failed notices be attempted now, None is all; the running service sends them."""
    async with _database(settings) as database:
        return await RetryNotices(database)(notice_ids, dry_run=dry_run)


@asynccontextmanager
async def _database(settings: OperatorSettings) -> AsyncIterator[Database]:
    """Open the database; raises Misconfigured when its tables are of another release."""
    url, schema = settings.database("notifier"), settings.database_schema
    database = Database(url, application="qcdc-notices", schema=schema)
    await database.open()
    try:
        async with database.connection() as connection:
            await migrate.check(connection, migrations_of("notifier"), "qcdc migrate")
        yield database
    finally:
        await database.close()
