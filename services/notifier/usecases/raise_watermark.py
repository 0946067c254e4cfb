"""Store how far intake has published: everything received before the watermark."""

from collections.abc import Sequence

from services.notifier.domain.completeness import held_by_unit, is_ahead, newest
from services.notifier.store.watermark import WatermarkStore
from services.notifier.usecases.horizon import HorizonCondition
from shared.contracts.duties import IntakeCaughtUp
from shared.infra.health import Health
from shared.infra.postgres.database import Connection

CLOCK = "intake's clock"
"""The part of Health for watermarks that are refused."""


class RaiseWatermark:
    """Changes watermark and held_unit; publishes nothing."""

    def __init__(self, health: Health) -> None:
        self._health = health

    async def __call__(self, connection: Connection, events: Sequence[IntakeCaughtUp]) -> None:
        """
        Store the highest watermark of a batch, with whom it leaves out, in the inbox's transaction.

        One from the future would vouch for what has not been received yet: it is refused, and
        complained of until one is read that is not.
        """
        store = WatermarkStore(connection)
        now = await store.now()
        best = newest([it for it in events if not is_ahead(it.watermark, now)])
        if best is not None:
            await store.keep(best.watermark, held_by_unit(best), now)
        if is_ahead(events[-1].watermark, now):
            detail = f"{events[-1].watermark.isoformat()} was published at {now.isoformat()}"
            self._health.complain(CLOCK, HorizonCondition.CLOCK_AHEAD, detail)
        else:
            self._health.fine(CLOCK)
