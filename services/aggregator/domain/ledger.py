"""The port of ``count``: two adapters, in PostgreSQL and (for tests) in memory."""

from collections.abc import Collection, Mapping
from typing import Protocol

from services.aggregator.domain.fold import LedgerChange, SlotContent
from services.aggregator.domain.totals import TotalKey, Totals
from shared.reference.slots import Slot


class Ledger(Protocol):
    """The ledger, inside one transaction."""

    async def held(self, slots: Collection[Slot]) -> Mapping[Slot, SlotContent]:
        """Return what the slots hold, and keep others from changing it; unknown slots lack."""

    async def totals(self, keys: Collection[TotalKey]) -> Mapping[TotalKey, Totals]:
        """Return the totals as they stand, and keep others from changing them."""

    async def save(self, change: LedgerChange, totals: Mapping[TotalKey, Totals]) -> None:
        """
        Store a change and the totals after it; totals without reports cease to exist.

        Raises:
            Contended: when another writer was first.

        """
