"""Days: the step of one, and spans of them that may be open on either side."""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The days from first to last, both included; None is open on that side."""

    first: date | None = None
    last: date | None = None

    @property
    def begin(self) -> date:
        """The first day, the first of all days when it is open: for comparing and sorting."""
        return self.first or date.min

    @property
    def end(self) -> date:
        """The last day, the last of all days when it is open."""
        return self.last or date.max

    def contains(self, day: date) -> bool:
        """Return whether a day lies in the span."""
        return self.begin <= day <= self.end

    def overlaps(self, other: "DateSpan") -> bool:
        """Return whether the two spans have a day in common."""
        return self.begin <= other.end and other.begin <= self.end


class Dated:
    """What holds from valid_from to valid_to; the classes that inherit it declare the two."""

    __slots__ = ()

    valid_from: date | None
    valid_to: date | None

    @property
    def span(self) -> DateSpan:
        """The days on which it holds."""
        return DateSpan(self.valid_from, self.valid_to)
