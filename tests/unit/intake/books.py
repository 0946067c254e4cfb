"""Journal and slots in memory, for the tests of the fold: what is stored between two batches."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.intake.domain.arrivals import Arrived
from services.intake.domain.judge import judge
from services.intake.domain.knowledge import Knowledge
from services.intake.domain.remarks import Say
from services.intake.domain.revisions import Decision, fold, slot_key
from services.intake.domain.slots import Entry, EventKey, Family, Holdings, Slot, SlotKey
from services.intake.domain.structure import read
from shared.domain.periods import parse_period


@dataclass
class Books:
    """Applies batches one after the other, as transactions do."""

    knowledge: Knowledge
    say: Say
    entries: list[Entry] = field(default_factory=list)
    slots: dict[SlotKey, Slot] = field(default_factory=dict)

    def receive(self, *arrivals: Arrived) -> Sequence[Decision]:
        """Decide one batch and store the outcome."""
        readings = [read(it) for it in arrivals]
        keys = [key for it in readings if (key := slot_key(it))]
        holdings = Holdings(
            self._entries(), dict(self.slots), {key: self._carried(key) for key in keys}
        )
        decisions = fold(
            holdings, readings, lambda it, carried: judge(it, self.knowledge, carried), self.say
        )
        self.entries.extend(decisions.entries)
        self.slots.update({it.key: it for it in decisions.slots})
        return decisions.all

    def _entries(self) -> dict[EventKey, tuple[Entry, ...]]:
        found: dict[EventKey, tuple[Entry, ...]] = defaultdict(tuple)
        for entry in self.entries:
            found[entry.source, entry.event_id] += (entry,)
        return found

    def _carried(self, key: SlotKey) -> dict[Family, int]:
        found: dict[Family, int] = defaultdict(int)
        period = parse_period(key.period)
        for slot in self.slots.values():
            earlier = parse_period(slot.key.period)
            if (slot.key.unit, slot.key.form) != (key.unit, key.form):
                continue
            if period and earlier and earlier.last_day < period.first_day:
                found[earlier.regime, earlier.kind] += slot.backlog
        return found
