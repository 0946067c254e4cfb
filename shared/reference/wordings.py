"""
The words of a letter that set a date, and the one instant they mean.

"trước ngày 25/10/2026" makes the 24th the last day, "chậm nhất ngày 25/12/2017" the 25th itself.
"Trong 05 ngày làm việc kể từ ngày 26/10/2026" leaves the 26th out (Civil Code 2015, Art. 147(2)).
A last day that is named without an hour, and is a day off, gives way to the next working day (Art.
148(5)); "trước ngày" names the day on which the report must be there, so that it stays as it is.
A weekday, in brackets or before the date, must be that of the date. "Đến ngày" alone leaves open
whether the day counts, and a date of every year is a standing demand: both are refused here.
The words are kept beside the instant, because people argue about the words.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.reference.dates import DAY
from shared.reference.periods import VIETNAM
from shared.reference.working_days import WorkingCalendar

_WORDS = re.compile(
    r"(?:(?:gửi|báo cáo|hoàn thành)\s+)?"
    r"(?:(?P<before>trước)|(?:chậm|muộn) nhất(?:\s+(?:là|vào|đến|hết|trong))*"
    r"|(?:đến\s+)?hết|trong|không\s+(?:quá|muộn hơn|chậm hơn)|(?P<until>đến))\s+"
    r"(?:(?P<hour>[0-9]{1,2})\s*(?:giờ|h|g|:)\s*(?P<minute>[0-5][0-9])?(?:\s*phút|['’′])?\s*,?\s*"
    r"|(?P<closing>(?:cuối\s+)?giờ\s+làm\s+việc)\s+(?:của\s+)?)?"
    r"(?:(?P<leading>(?:thứ\s+\w+|chủ\s+nhật)),?\s+)?"
    r"(?:ngày\s+)?(?P<day>[0-9]{1,2})"
    r"(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>[0-9]{1,2})"
    r"(?:\s*[/.-]\s*|\s+năm\s+)(?P<year>20[0-9]{2})"
    r"(?:\s*\((?P<weekday>[^()]+)\))?\.?",
    re.IGNORECASE,
)
_TERM = re.compile(
    r"(?:(?:gửi|báo cáo|hoàn thành)\s+)?(?:chậm nhất\s+)?trong(?:\s+vòng|\s+thời\s+hạn)?\s+"
    r"(?P<count>[0-9]{1,3})(?:\s*\([^()]+\))?\s+ngày(?P<working>\s+làm\s+việc)?,?\s+"
    r"(?:kể\s+)?từ\s+ngày\s+(?P<day>[0-9]{1,2})"
    r"(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>[0-9]{1,2})"
    r"(?:\s*[/.-]\s*|\s+năm\s+)(?P<year>20[0-9]{2})\.?",
    re.IGNORECASE,
)
OFFICE_CLOSES = timedelta(hours=17)
"""The end of the office day, "cuối giờ làm việc": custom of state offices, and of our deadlines."""
_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


@dataclass(frozen=True, slots=True)
class Term:
    """So many days after a day, which is not counted; none makes that day the last one itself."""

    start: date
    days: int = 0
    working: bool = False

    def end(self, calendar: WorkingCalendar) -> datetime:
        """
        Return the midnight that ends the last day, or the next working day if that is a day off.

        Beyond the calendar nobody knows the days off, and a last day that the words name stands as
        it is written. Raises CalendarTooShort when the calendar does not reach the end of a term.
        """
        if not self.days and not calendar.covers(self.start):
            return datetime.combine(self.start + DAY, time(), VIETNAM)
        if self.working:
            last = calendar.nth_working_day_after(self.start, self.days)
        else:
            last = calendar.nth_working_day_after(self.start + (self.days - 1) * DAY, 1)
        return datetime.combine(last + DAY, time(), VIETNAM)


@dataclass(frozen=True, slots=True)
class Wording:
    """
    What a letter says of the date, and what it means.

    `due_at` is exclusive: on time means received before it. Without an hour it is the midnight
    that ends the last acceptable day; with an hour it is that hour, whichever words precede it.
    Where there is a `term`, its end is what counts: the calendar may move it later than `due_at`.
    """

    text: str
    last_acceptable_day: date
    due_at: datetime
    term: Term | None = None

    @classmethod
    def parse(cls, text: str) -> "Wording":
        """Return what the words of a letter mean. Raises ValueError when they set no date."""
        words = " ".join(unicodedata.normalize("NFC", text).split())
        if counted := _TERM.fullmatch(words):
            return cls._counted(words, counted)
        found = _WORDS.fullmatch(words)
        if found is None:
            raise ValueError(f'{text!r} does not read like "trước ngày 25/10/2026"')
        day = _day(found)
        if found["until"] and found["hour"] is None and not found["closing"]:
            raise ValueError(f'{text!r} does not read like "trước ngày 25/10/2026": say đến hết')
        weekday = found["weekday"] or found["leading"]
        if weekday is not None and weekday.strip().lower() != _WEEKDAYS[day.weekday()]:
            raise ValueError(f"{day.isoformat()} is {_WEEKDAYS[day.weekday()]}, not {weekday}")
        after_midnight = _after_midnight(found["hour"], found["minute"])
        if found["closing"]:
            after_midnight = OFFICE_CLOSES
        term = None
        if after_midnight is None:
            # Without an hour the whole last day counts.
            after_midnight = timedelta() if found["before"] else DAY
            term = None if found["before"] else Term(day)
        due_at = datetime.combine(day, time(), VIETNAM) + after_midnight
        return cls(words, (due_at - timedelta.resolution).date(), due_at, term)

    @classmethod
    def _counted(cls, words: str, found: re.Match[str]) -> "Wording":
        term = Term(_day(found), int(found["count"]), found["working"] is not None)
        if term.days < 1:
            raise ValueError(f"{words!r} gives no day")
        last = term.start + term.days * DAY
        return cls(words, last, datetime.combine(last + DAY, time(), VIETNAM), term)


def _day(found: re.Match[str]) -> date:
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


def _after_midnight(hour: str | None, minute: str | None) -> timedelta | None:
    if hour is None:
        return None
    found = timedelta(hours=int(hour), minutes=int(minute or 0))
    if found > DAY:  # "24 giờ" is the end of the day
        raise ValueError(f"{hour}:{minute} is no time of day")
    return found
