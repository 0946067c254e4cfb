"""
The words of a letter that set a date, and the one instant they mean.

"trước ngày 25/10/2026" makes the 24th the last day, "chậm nhất ngày 25/12/2017" the 25th itself.
The words are kept beside the instant, because people argue about the words.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.reference.dates import DAY
from shared.reference.periods import VIETNAM

_PARTS = ("hour", "minute", "day", "month", "year")
_HOUR = r"(?:(?P<hour>[0-9]{1,2})\s*(?:giờ|h|:)\s*(?P<minute>[0-5][0-9])?(?:\s*phút)?\s*,?\s*)?"
_DATE = (
    r"(?:ngày\s+)?(?P<day>[0-9]{1,2})"
    r"(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>[0-9]{1,2})"
    r"(?:\s*[/.-]\s*|\s+năm\s+)(?P<year>20[0-9]{2})"
)
_WORDS = re.compile(
    r"(?P<before>trước)\s+" + _HOUR + _DATE + r"\.?"
    r"|(?:chậm nhất|muộn nhất)\s+(?:là\s+|vào\s+|đến\s+)*"
    + re.sub(r"\?P<(\w+)>", r"?P<\1_>", _HOUR + _DATE)
    + r"\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wording:
    """
    What a letter says of the date, and what it means.

    `due_at` is exclusive: on time means received before it. Without an hour it is the midnight
    that ends the last acceptable day; with an hour it is that hour, whichever words precede it.
    """

    text: str
    last_acceptable_day: date
    due_at: datetime

    @classmethod
    def parse(cls, text: str) -> "Wording":
        """Return what the words of a letter mean. Raises ValueError when they set no date."""
        words = " ".join(text.split())
        found = _WORDS.fullmatch(words)
        if found is None:
            raise ValueError(f'{text!r} does not read like "trước ngày 25/10/2026"')
        before = found["before"] is not None
        part = {name: found[name if before else f"{name}_"] for name in _PARTS}
        day = date(int(part["year"]), int(part["month"]), int(part["day"]))
        after_midnight = _after_midnight(part["hour"], part["minute"])
        if after_midnight is None:
            # Without an hour the whole last day counts.
            after_midnight = timedelta() if before else DAY
        due_at = datetime.combine(day, time(), VIETNAM) + after_midnight
        return cls(words, (due_at - timedelta.resolution).date(), due_at)


def _after_midnight(hour: str | None, minute: str | None) -> timedelta | None:
    if hour is None:
        return None
    found = timedelta(hours=int(hour), minutes=int(minute or 0))
    if found > DAY:  # "24 giờ" is the end of the day
        raise ValueError(f"{hour}:{minute} is no time of day")
    return found
