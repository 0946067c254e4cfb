"""Store how far intake has published: everything received before the watermark."""

from collections.abc import Sequence

from services.notifier.store.duties import OpenDutyStore
from shared.contracts.duties import IntakeCaughtUp
from shared.infra.postgres.database import Connection


class RaiseWatermark:
    """Changes watermark; publishes nothing."""

    def __init__(self, open_store: OpenDutyStore) -> None:
        self._open_store = open_store

    async def __call__(self, connection: Connection, events: Sequence[IntakeCaughtUp]) -> None:
        """Store the highest watermark of a batch in the inbox's transaction."""
        store = self._open_store(connection)
        await store.raise_watermark(max(it.watermark for it in events))
