"""
Working days of the public sector: Monday to Friday, less days off, plus worked weekend days.

The dates come in as facts (shared/data/working_days.yaml and the `holidays` package); a term in
days leaves out the day it starts from (Civil Code 2015 Art. 147).
"""

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """
    Which days are worked between two dates, both included.

    A question about a day outside that range raises ValueError: a guessed holiday would accuse
    somebody on the wrong day.
    """

    days_off: frozenset[date]
    days_worked: frozenset[date]
    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Tell whether the calendar knows about a day."""
        return self.first <= day <= self.last

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day is worked. Raises ValueError outside the range covered."""
        if not self.covers(day):
            raise ValueError(
                f"the calendar covers {self.first} to {self.last}, not {day.isoformat()}"
            )
        return day in self.days_worked or (day.weekday() < _SATURDAY and day not in self.days_off)

    def nth_working_day_after(self, day: date, n: int) -> date:
        """Return the n-th working day after a day, the day itself left out; n is at least 1."""
        if n < 1:
            raise ValueError(f"n must be at least 1, not {n}")
        for _ in range(n):
            day += _DAY
            while not self.is_working_day(day):
                day += _DAY
        return day

    def working_days_between(self, a: date, b: date) -> int:
        """Return how many working days lie after a, up to and including b; negative if b < a."""
        if b < a:
            return -self.working_days_between(b, a)
        days = (a + _DAY * step for step in range(1, (b - a).days + 1))
        return sum(map(self.is_working_day, days))
