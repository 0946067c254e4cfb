"""What a batch loads: the keys that it asked for, and what the journal holds under them."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from services.intake.domain.backlogs import PeriodBacklog
from services.intake.domain.state import (
    EventKey,
    Handover,
    HandoverKey,
    JournalEntry,
    ParkedSubmission,
    ReportSeries,
    SlotState,
)
from shared.reference.slots import Slot


class BacklogQuery(NamedTuple):
    """What one unit's reports of periods ending before a day say of their cases."""

    unit: str
    form: str
    before: date


@dataclass(frozen=True)
class ReadSet:
    """The keys that a batch may look up, and the report series that it locks and may change."""

    events: set[EventKey] = field(default_factory=set)
    series: set[ReportSeries] = field(default_factory=set)
    slots: set[Slot] = field(default_factory=set)
    backlogs: set[BacklogQuery] = field(default_factory=set)
    handovers: set[HandoverKey] = field(default_factory=set)
    nested: set[Slot] = field(default_factory=set)
    """Slots of which other windows are read: all within the widest stored that holds the period."""

    parked: set[Slot] = field(default_factory=set)
    """Slots that something may be parked for."""


class KeyNotLoaded(LookupError):
    """The read set lacks a key that is looked up, or a lock on what is changed: a bug of ours."""


@dataclass(frozen=True, slots=True)
class LoadedState:
    """
    What the journal holds under the keys of a read set.

    Nothing under a key that was asked for is None, or empty. A key that was not asked for raises
    KeyNotLoaded: it would otherwise look like nothing, and keep a rule silent.
    """

    asked: ReadSet
    entries: Mapping[EventKey, tuple[JournalEntry, ...]] = field(default_factory=dict)
    slots: Mapping[Slot, SlotState] = field(default_factory=dict)
    backlogs: Mapping[BacklogQuery, Mapping[str, PeriodBacklog]] = field(default_factory=dict)
    handovers: Mapping[HandoverKey, Handover] = field(default_factory=dict)
    nested: Mapping[Slot, Sequence[SlotState]] = field(default_factory=dict)
    parked: Sequence[ParkedSubmission] = ()
    """What is parked under the events, or for the slots, that were asked for; oldest first."""

    def entries_under(self, key: EventKey) -> tuple[JournalEntry, ...]:
        """Return the entries under an event id, oldest first."""
        _require(key, self.asked.events)
        return self.entries.get(key, ())

    def slot(self, key: Slot) -> SlotState | None:
        """Return the state of a slot, None when nothing was ever accepted for it."""
        state = self.slots.get(key)
        if state is None:
            _require(key, self.asked.slots)
        return state

    def handover(self, key: HandoverKey) -> Handover | None:
        """Return what a unit was handed over on a day, None when nobody has recorded it."""
        _require(key, self.asked.handovers)
        return self.handovers.get(key)

    def backlog(self, query: BacklogQuery) -> Mapping[str, PeriodBacklog]:
        """Return what the reports of earlier periods say of their cases, by period."""
        _require(query, self.asked.backlogs)
        return self.backlogs.get(query, {})

    def nested_with(self, key: Slot) -> Sequence[SlotState]:
        """Return the filled slots within the widest window stored that holds a slot's period."""
        _require(key, self.asked.nested)
        return self.nested.get(key, ())

    def require_parked(self, slot: Slot) -> None:
        """Raise KeyNotLoaded unless what is parked for a slot is loaded."""
        _require(slot, self.asked.parked)

    def require_lock(self, series: ReportSeries) -> None:
        """Raise KeyNotLoaded unless a report series is locked."""
        _require(series, self.asked.series)


def _require(key: object, asked: Container[object]) -> None:
    if key not in asked:
        raise KeyNotLoaded(f"{key!r} is not in the read set")
