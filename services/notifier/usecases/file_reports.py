"""File accepted and withdrawn reports; meet their duties or reopen them."""

from collections.abc import Sequence

from services.notifier.domain.filings import ReportEvent, file_reports, newest
from services.notifier.store.duties import OpenDutyStore
from shared.infra.postgres.database import Connection


class FileReports:
    """Changes filing, duty, due_change; publishes ``DutyMet`` and ``DutyOpened``."""

    def __init__(self, open_store: OpenDutyStore) -> None:
        self._open_store = open_store

    async def __call__(self, connection: Connection, reports: Sequence[ReportEvent]) -> None:
        """File a batch in the inbox's transaction."""
        store = self._open_store(connection)
        await store.lock_shared()
        newest_by_slot = newest(reports)
        records = await store.records(newest_by_slot)
        await store.save(file_reports(records, newest_by_slot))
