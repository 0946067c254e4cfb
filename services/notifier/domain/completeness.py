"""
Up to when every report has been read here, and of which units that is not said.

What intake says of a unit that is held: its reports received before an instant are judged, later
ones perhaps not. A duty that was due by then can be judged; a later one must wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from services.notifier.domain.duties import Duty
from shared.contracts.duties import IntakeCaughtUp

CLOCK_SKEW = timedelta(seconds=2)
"""How far intake's clock may be ahead of ours; intake takes the same off its watermarks."""


class HeldUnit(NamedTuple):
    """Whose topic holds a unit, and from when on its reports are not all judged."""

    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class StoredWatermark:
    """The database's clock, and intake's newest watermark with the units that it leaves out."""

    now: datetime
    watermark: datetime | None
    held: Mapping[str, HeldUnit] = field(default_factory=dict)

    @property
    def ahead(self) -> bool:
        """Whether the watermark vouches for an instant that has not come."""
        return self.watermark is not None and is_ahead(self.watermark, self.now)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Every report received before ``as_of`` has been read, save of what is held."""

    as_of: datetime
    held: Mapping[str, HeldUnit] = field(default_factory=dict)

    def can_judge(self, duty: Duty) -> bool:
        """Tell whether every report that would have met *duty* in time has been read."""
        return duty.due_at < self.as_of and not self.holds(duty)

    def holds(self, duty: Duty) -> bool:
        """Tell whether a report that meets *duty* in time may be held."""
        held = self.held.get(duty.slot.unit)
        return held is not None and held.since < duty.due_at


def is_ahead(watermark: datetime, now: datetime) -> bool:
    """Tell whether a watermark can only come from a clock that is ahead."""
    return watermark > now + CLOCK_SKEW


def newest(events: Sequence[IntakeCaughtUp]) -> IntakeCaughtUp | None:
    """Return the event with the highest watermark, the last of several."""
    return max(reversed(events), key=lambda it: it.watermark, default=None)


def held_by_unit(event: IntakeCaughtUp) -> Mapping[str, HeldUnit]:
    """Return the units that an event leaves out; one in two groups from the earlier instant on."""
    held: dict[str, HeldUnit] = {}
    for group in event.held:
        for unit in group.units:
            new = HeldUnit(group.source, group.since)
            held[unit] = min(held.get(unit, new), new, key=lambda it: it.since)
    return held
