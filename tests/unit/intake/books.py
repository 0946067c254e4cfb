"""Journal and slots in memory, for the tests of the fold: what is stored between two batches."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.intake.domain.numbering import Decision, fold
from services.intake.domain.parsing import read
from services.intake.domain.read_set import Needs, needs_of
from services.intake.domain.rule_context import Knowledge
from services.intake.domain.state import (
    Entry,
    EventKey,
    Family,
    Handover,
    HandoverKey,
    Holdings,
    Slot,
    SlotKey,
)
from services.intake.domain.submissions import Arrived
from services.intake.domain.violations import Say
from shared.reference.periods import Period, parse_period


@dataclass
class Books:
    """Applies batches one after the other, and tells each no more than it says that it needs."""

    knowledge: Knowledge
    say: Say
    entries: list[Entry] = field(default_factory=list)
    slots: dict[SlotKey, Slot] = field(default_factory=dict)
    handovers: dict[HandoverKey, Handover] = field(default_factory=dict)

    def receive(self, *arrivals: Arrived) -> Sequence[Decision]:
        """Decide one batch and store the outcome."""
        readings = [read(it) for it in arrivals]
        holdings = self._holdings(needs_of(readings, self.knowledge))
        decisions = fold(holdings, readings, self.knowledge, self.say)
        self.entries.extend(decisions.entries)
        self.slots.update({it.key: it for it in decisions.slots})
        self.handovers.update({it.key: it for it in decisions.handovers})
        return decisions.all

    def _holdings(self, needs: Needs) -> Holdings:
        return Holdings(
            entries=self._entries(needs.events),
            slots={key: self.slots[key] for key in needs.slots if key in self.slots},
            carried=self._carried(needs),
            handovers={it: self.handovers[it] for it in needs.handovers if it in self.handovers},
        )

    def _entries(self, wanted: set[EventKey]) -> dict[EventKey, tuple[Entry, ...]]:
        found: dict[EventKey, tuple[Entry, ...]] = defaultdict(tuple)
        for entry in self.entries:
            if (entry.source, entry.event_id) in wanted:
                found[entry.source, entry.event_id] += (entry,)
        return found

    def _carried(self, needs: Needs) -> dict[SlotKey, dict[Family, int]]:
        found: dict[SlotKey, dict[Family, int]] = defaultdict(lambda: defaultdict(int))
        for key, whose, before in needs.carried:
            for slot in self.slots.values():
                earlier = _period(slot.key)
                ours = (slot.key.unit, slot.key.form) == (whose, key.form)
                if ours and earlier.last_day < before:
                    found[key][whose, earlier.regime, earlier.kind] += slot.backlog
        return found


def _period(key: SlotKey) -> Period:
    period = parse_period(key.period)
    assert period is not None
    return period
