"""
Working days of the public sector: Monday to Friday, less days off, plus worked weekend days.

The dates come in as facts (shared/data/working_days.yaml and the `holidays` package); a term in
days leaves out the day it starts from (Civil Code 2015 Art. 147).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.reference.dates import DAY
from shared.reference.errors import CalendarTooShort
from shared.reference.rows import FileRow

_SATURDAY = 5
_TWO_YEARS = 2 * 366 * DAY

CALENDAR_FIELDS = ("first", "last", "swaps", "days_off", "days_worked")
"""The fields of a table of corrections, as in working_days.yaml."""


@dataclass(frozen=True)
class WorkingCalendar:
    """
    Which days are worked between two dates, both included.

    A question about a day outside that range raises CalendarTooShort, a ValueError.
    """

    days_off: frozenset[date]
    days_worked: frozenset[date]
    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Return whether the calendar knows about a day."""
        return self.first <= day <= self.last

    def ends_soon(self, today: date) -> bool:
        """
        Return whether it ends within two years.

        Until then somebody has to state more years: without them nobody can say what is due.
        """
        return self.last - today < _TWO_YEARS

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is worked. Raises CalendarTooShort outside the range covered."""
        if not self.covers(day):
            raise CalendarTooShort(
                f"the calendar covers {self.first} to {self.last}, not {day.isoformat()}"
            )
        return day in self.days_worked or (day.weekday() < _SATURDAY and day not in self.days_off)

    def laid_over(self, older: "WorkingCalendar") -> "WorkingCalendar":
        """
        Return what both know, this one for the days that it covers.

        Raises ValueError when days between the two are covered by neither.
        """
        if older.last + DAY < self.first or self.last + DAY < older.first:
            message = f"{older.first} to {older.last} and {self.first} to {self.last} leave a gap"
            raise ValueError(message)
        return WorkingCalendar(
            self.days_off | {day for day in older.days_off if not self.covers(day)},
            self.days_worked | {day for day in older.days_worked if not self.covers(day)},
            min(self.first, older.first),
            max(self.last, older.last),
        )

    def nth_working_day_after(self, day: date, n: int) -> date:
        """Return the n-th working day after a day, the day itself left out; n is at least 1."""
        if n < 1:
            raise ValueError(f"n must be at least 1, not {n}")
        for _ in range(n):
            day += DAY
            while not self.is_working_day(day):
                day += DAY
        return day

    def working_days_between(self, a: date, b: date) -> int:
        """Return how many working days lie after a, up to and including b; negative if b < a."""
        if b < a:
            return -self.working_days_between(b, a)
        days = (a + DAY * step for step in range(1, (b - a).days + 1))
        return sum(map(self.is_working_day, days))


def build_calendar(
    table: FileRow, package_days_off: Iterable[date], package_days_worked: Iterable[date]
) -> WorkingCalendar:
    """
    Return the calendar of a package's dates with our table laid over them.

    The table holds first, last, swaps (day_off, day_worked), days_off and days_worked (day), each
    with its source; what it says of a day goes before the package. Raises FactError on a day that
    it gives off and has worked, or that lies outside first and last.
    """
    first, last = table.day("first"), table.day("last")
    if last < first:
        raise table.wrong("last", f"{last} is before {first}")
    swaps = _days(table, "swaps", "day_off", "day_worked")
    off = {day for day, *_ in (*swaps, *_days(table, "days_off", "day"))}
    worked = {day for *_, day in (*swaps, *_days(table, "days_worked", "day"))}
    if off & worked:
        raise table.refused(f"{min(off & worked)} is both off and worked")
    if outside := [day for day in off | worked if not first <= day <= last]:
        raise table.refused(f"{min(outside)} lies outside {first} to {last}")
    return WorkingCalendar(
        days_off=frozenset(_within(first, last, package_days_off) - worked | off),
        days_worked=frozenset(_within(first, last, package_days_worked) - off | worked),
        first=first,
        last=last,
    )


def _days(table: FileRow, rows: str, *names: str) -> list[list[date]]:
    """Return the dates of each row, in the order of the names."""
    found = []
    for row in table.rows(rows):
        row.only(*names, "source")
        row.text("source")  # whoever asks why a due instant has moved must find the notice
        found.append([row.day(name) for name in names])
    return found


def _within(first: date, last: date, days: Iterable[date]) -> set[date]:
    return {day for day in days if first <= day <= last}
