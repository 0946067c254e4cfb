"""Journal and slots in memory, for the tests of the fold: what is stored between two batches."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.intake.domain.backlogs import PeriodBacklog
from services.intake.domain.loaded_state import BacklogQuery, LoadedState, ReadSet
from services.intake.domain.numbering import SubmissionOutcome, fold
from services.intake.domain.parking import unparked
from services.intake.domain.parsing import parse_submission
from services.intake.domain.read_set import read_set_of
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import (
    ContentKey,
    EventKey,
    Handover,
    HandoverKey,
    JournalEntry,
    ParkedSubmission,
    SlotState,
)
from services.intake.domain.submissions import RawSubmission
from services.intake.domain.violations import Renderer
from shared.reference.periods import Period, contains, parse_period
from shared.reference.slots import Slot


@dataclass
class MemoryJournal:
    """Applies batches one after the other, and tells each no more than it says that it needs."""

    context: RuleContext
    render: Renderer
    entries: list[JournalEntry] = field(default_factory=list)
    slots: dict[Slot, SlotState] = field(default_factory=dict)
    handovers: dict[HandoverKey, Handover] = field(default_factory=dict)
    parked: dict[ContentKey, ParkedSubmission] = field(default_factory=dict)
    judgement_may_fail: bool = False
    """Whether a test is about a judgement that raises; in all others it is a fault."""

    def judge_again(self) -> Sequence[SubmissionOutcome]:
        """Judge what is parked, in the order of arrival."""
        return self.receive(*map(unparked, self.parked.values()))

    def receive(self, *submissions: RawSubmission) -> Sequence[SubmissionOutcome]:
        """Decide one batch and store the outcome."""
        parsed = [parse_submission(it) for it in submissions]
        loaded = self.load(read_set_of(parsed, self.context))
        outcomes = fold(loaded, parsed, self.context, self.render)
        self.entries.extend(outcomes.entries)
        self.slots.update({it.key: it for it in outcomes.slots})
        self.handovers.update({it.key: it for it in outcomes.handovers})
        self.parked.update({it.key: it for it in outcomes.parked})
        for key in outcomes.no_longer_parked:
            del self.parked[key]
        failed = [it.detail for it in outcomes.parked if it.detail]
        assert self.judgement_may_fail or not failed, failed
        return outcomes.all

    def load(self, read_set: ReadSet) -> LoadedState:
        """Return what is stored under the keys of a read set, and nothing else."""
        return LoadedState(
            asked=read_set,
            entries=self._entries(read_set.events),
            slots={key: self.slots[key] for key in read_set.slots if key in self.slots},
            backlogs={it: self._backlog(it) for it in read_set.backlogs},
            handovers={it: self.handovers[it] for it in read_set.handovers if it in self.handovers},
            nested={it: self._nested(it) for it in read_set.nested},
            parked=[
                it
                for it in self.parked.values()
                if it.key[:2] in read_set.events or it.slot in read_set.parked
            ],
        )

    def _nested(self, slot: Slot) -> list[SlotState]:
        """Return the filled slots within the widest window stored that holds a slot's period."""
        own = parse_period(slot.period)
        assert own is not None
        alike = [it for it in self.slots.values() if it.filled and it.key[:2] == slot[:2]]
        known = [(it, parse_period(it.key.period)) for it in alike]
        around = [own, *(it for _, it in known if it is not None and contains(it, own))]
        first, last = min(it.first_day for it in around), max(it.last_day for it in around)
        return [
            state
            for state, it in known
            if it is not None and it.regime == own.regime and state.key != slot
            if first <= it.first_day and it.last_day <= last
        ]

    def _entries(self, wanted: set[EventKey]) -> dict[EventKey, tuple[JournalEntry, ...]]:
        found: dict[EventKey, tuple[JournalEntry, ...]] = defaultdict(tuple)
        for entry in self.entries:
            if (entry.source, entry.event_id) in wanted:
                found[entry.source, entry.event_id] += (entry,)
        return found

    def _backlog(self, query: BacklogQuery) -> dict[str, PeriodBacklog]:
        backlogs: dict[str, PeriodBacklog] = {}
        for slot in self.slots.values():
            earlier = _period(slot.key)
            ours = (slot.key.unit, slot.key.form) == (query.unit, query.form)
            if ours and slot.filled and earlier.last_day < query.before:
                backlogs[earlier.code] = PeriodBacklog.of(earlier, slot.backlog, slot.carried_in)
        return backlogs


def _period(key: Slot) -> Period:
    period = parse_period(key.period)
    assert period is not None
    return period
