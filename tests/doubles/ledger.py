"""A ledger in memory; it passes the same contract as the one in PostgreSQL."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from services.aggregator.domain.fold import LedgerChange, ProvinceTotal, SlotContent
from services.aggregator.domain.reports import Revision
from services.aggregator.domain.totals import TotalKey, Totals
from services.aggregator.errors import Contended
from shared.reference.slots import Slot


class MemoryLedger:
    """Keeps revisions and totals in dictionaries, and every change that was saved."""

    def __init__(self) -> None:
        self.revisions: dict[tuple[Slot, int], Revision] = {}
        self.superseded_at: dict[tuple[Slot, int], datetime | None] = {}
        self.counted: dict[TotalKey, Totals] = {}
        self.dirty: Counter[ProvinceTotal] = Counter()
        self.changes: list[LedgerChange] = []

    async def slots(self, keys: Collection[Slot]) -> Mapping[Slot, SlotContent]:
        """Return the contents of the slots."""
        contents = {}
        for slot in keys:
            revisions = {number: it for (of, number), it in self.revisions.items() if of == slot}
            if revisions:
                accepted = {number: it.accepted_at for number, it in revisions.items()}
                current = next(it for it in revisions if self.superseded_at[slot, it] is None)
                contents[slot] = SlotContent(revisions[current].counted, accepted)
        return contents

    async def totals(self, keys: Collection[TotalKey]) -> Mapping[TotalKey, Totals]:
        """Return the current totals."""
        return {key: self.counted[key] for key in keys if key in self.counted}

    async def save(self, change: LedgerChange, totals: Mapping[TotalKey, Totals]) -> None:
        """Keep a change, or refuse all of it."""
        for revision, _ in change.recorded:
            if (revision.slot, revision.counted.revision) in self.revisions:
                raise Contended
        for earlier in change.superseded:
            self.superseded_at[earlier.slot, earlier.revision] = earlier.superseded_at
        for revision, superseded_at in change.recorded:
            key = revision.slot, revision.counted.revision
            self.revisions[key] = revision
            self.superseded_at[key] = superseded_at
        for total, after in totals.items():
            self.counted[total] = after
            if after.reports == 0:
                del self.counted[total]
        self.dirty.update(change.dirty)
        self.changes.append(change)
