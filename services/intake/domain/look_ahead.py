"""
Whom the unread records of one partition could concern, seen without judging them.

A record can become the report of the unit that its body names, and of no other. What cannot be
read, or names a unit that the directory does not know, can become nobody's report.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.contracts.duties import HeldUnits
from shared.contracts.strict_json import Unreadable, parse


class SeenRecord(NamedTuple):
    """An unread record: where it lies, when the broker appended it, whom its body names."""

    offset: int
    appended_at: datetime
    unit: str | None


@dataclass(slots=True)
class Waiting:
    """A unit that unread records name: since when, and up to which offset."""

    since: datetime
    last_offset: int


@dataclass(slots=True)
class LookAhead:
    """What was seen of a partition, from ``begun`` up to ``reached``, which is not included."""

    begun: int
    reached: int
    latest: datetime | None = None
    """When the newest record seen was appended; none that follows was appended before."""

    waiting: dict[str, Waiting] = field(default_factory=dict)

    def see(self, records: Iterable[SeenRecord], reached: int) -> None:
        """Take in the records that follow, up to an offset."""
        for record in records:
            self.latest = record.appended_at
            if record.unit is None:
                continue
            waiting = self.waiting.setdefault(record.unit, Waiting(record.appended_at, 0))
            waiting.last_offset = record.offset
        self.reached = reached

    def forget_before(self, position: int) -> None:
        """Forget the units whose last record lies before *position*: it has been applied."""
        applied = [it for it, waiting in self.waiting.items() if waiting.last_offset < position]
        for unit in applied:
            del self.waiting[unit]


def unit_named(body: bytes | None, known: Callable[[str], bool]) -> str | None:
    """Return the unit that a submission names; None when it can be nobody's. Total."""
    try:
        document = parse(body)
    except Unreadable:
        return None
    unit = document.get("unit") if isinstance(document, dict) else None
    return unit if isinstance(unit, str) and known(unit) else None


WaitingUnits = tuple[str, Mapping[str, datetime]]
"""A source, and the units that its submissions name, with the instant of the oldest of each."""


def held_units(waiting: Iterable[WaitingUnits]) -> tuple[HeldUnits, ...]:
    """
    Group what waits by source and hour.

    A unit is named once, under the source whose record is the oldest, so that the event cannot
    outgrow the directory. An hour that began earlier only holds a unit for longer; due instants
    are full hours, so it rarely does.
    """
    oldest: dict[str, tuple[datetime, str]] = {}
    for source, units in waiting:
        for unit, since in units.items():
            oldest[unit] = min(oldest.get(unit, (since, source)), (since, source))
    groups: dict[tuple[str, datetime], list[str]] = {}
    for unit, (since, source) in oldest.items():
        hour = since - timedelta(
            minutes=since.minute, seconds=since.second, microseconds=since.microsecond
        )
        groups.setdefault((source, hour), []).append(unit)
    return tuple(
        HeldUnits(source=source, units=tuple(sorted(units)), since=since)
        for (source, since), units in sorted(groups.items())
    )


def seen(
    records: Sequence[tuple[int, datetime, bytes | None]], known: Callable[[str], bool]
) -> list[SeenRecord]:
    """Look at records, given as offset, append time and body."""
    return [SeenRecord(offset, at, unit_named(body, known)) for offset, at, body in records]
