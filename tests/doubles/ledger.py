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
    """Keeps what it is told, in dictionaries."""

    def __init__(self) -> None:
        self.revisions: dict[tuple[Slot, int], Revision] = {}
        self.superseded_at: dict[tuple[Slot, int], datetime | None] = {}
        self.counted: dict[TotalKey, Totals] = {}
        self.dirty: Counter[ProvinceTotal] = Counter()

    async def held(self, slots: Collection[Slot]) -> Mapping[Slot, SlotContent]:
        """Return what the slots hold."""
        found = {}
        for slot in slots:
            its = {number: it for (of, number), it in self.revisions.items() if of == slot}
            if its:
                accepted = {number: it.accepted_at for number, it in its.items()}
                current = next(n for n in its if self.superseded_at[slot, n] is None)
                found[slot] = SlotContent(its[current].counted, accepted)
        return found

    async def totals(self, keys: Collection[TotalKey]) -> Mapping[TotalKey, Totals]:
        """Return the totals as they stand."""
        return {key: self.counted[key] for key in keys if key in self.counted}

    async def save(self, change: LedgerChange, totals: Mapping[TotalKey, Totals]) -> None:
        """Write down what changed, or nothing."""
        for revision, _ in change.entries:
            if (revision.slot, revision.counted.revision) in self.revisions:
                raise Contended
        for mark in change.marks:
            self.superseded_at[mark.slot, mark.revision] = mark.superseded_at
        for entry in change.entries:
            key = entry.revision.slot, entry.revision.counted.revision
            self.revisions[key] = entry.revision
            self.superseded_at[key] = entry.superseded_at
        for total_key, its_totals in totals.items():
            self.counted[total_key] = its_totals
            if its_totals.reports == 0:
                del self.counted[total_key]
        self.dirty.update(change.dirty)
