"""The port of ``count``: two adapters, in PostgreSQL and (for tests) in memory."""

from collections.abc import Collection, Mapping
from typing import Protocol

from services.aggregator.domain.fold import LedgerChange, SlotContent
from services.aggregator.domain.totals import TotalKey, Totals
from shared.reference.slots import Slot


class Ledger(Protocol):
    """The ledger, inside one transaction."""

    async def slots(self, keys: Collection[Slot]) -> Mapping[Slot, SlotContent]:
        """Lock and return the contents of slots; a slot without a revision is left out."""

    async def totals(self, keys: Collection[TotalKey]) -> Mapping[TotalKey, Totals]:
        """Lock and return the current totals."""

    async def save(self, change: LedgerChange, totals: Mapping[TotalKey, Totals]) -> None:
        """
        Store a change and the totals after it; totals without reports cease to exist.

        Raises:
            Contended: when another writer was first.

        """
