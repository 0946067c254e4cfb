"""
When unreadable records stop a partition, and when it goes on. Pure; time is the database's.

A breaker keeps a bad deployment of ours from turning a topic into dead letters while nobody looks.
What it costs is the partition's delay, so it counts within a time, and where strangers write it
closes by itself. See ``docs/decisions/0013-one-sender-is-one-sender.md``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

UNREADABLE_MAX = 20
"""So many in one partition within ``WINDOW`` are tolerated; twice as many after each opening."""

WINDOW = timedelta(minutes=10)
PAUSE_MIN = timedelta(seconds=30)
PAUSE_MAX = timedelta(minutes=10)
OPENINGS_COUNTED_MAX = 6
"""Beyond this the tolerance grows no more; an operator's reset grants it at once: 1,280."""


@dataclass(slots=True)
class Breaker:
    """The breaker of one partition."""

    unreadable: int = 0
    """Since ``since``."""
    since: datetime | None = None
    openings: int = 0
    """In a row, without a quiet window between."""
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    """None while it is open: an operator closes it."""

    def lets_through(self, now: datetime) -> bool:
        """Tell whether the partition may be read at *now*; close when the pause is over."""
        if self.opened_at is not None:
            if self.closes_at is None or now < self.closes_at:
                return False
            self.opened_at = self.closes_at = None
            self.unreadable, self.since = 0, now
        elif self.since is not None and now - self.since > WINDOW:
            self.unreadable, self.since, self.openings = 0, None, 0
        return True

    def tolerates(self, now: datetime, *, closes_itself: bool) -> bool:
        """Count an unreadable record; open instead, and return False, when it is one too many."""
        if self.unreadable < UNREADABLE_MAX << min(self.openings, OPENINGS_COUNTED_MAX):
            self.unreadable += 1
            self.since = self.since or now
            return True
        pause = min(PAUSE_MIN * 2.0**self.openings, PAUSE_MAX)
        self.openings += 1
        self.opened_at, self.closes_at = now, now + pause if closes_itself else None
        return False
