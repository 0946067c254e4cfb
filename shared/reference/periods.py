"""
Periods: windows of days, each with a code from which all of it can be read.

Two regimes are known everywhere. They cut a year; their periods are `<regime>.<year>[-<label>]`:

nd09  Decree 09/2019/NĐ-CP Art. 12: from the 15th of the month before to the 14th of the last month.
      `nd09.2026-M01` is 15/12/2025 to 14/01/2026 and `nd09.2026` is 15/12/2025 to 14/12/2026.
cal   Calendar months, as statistics and most committees' yearly letters use them.

Labels: M01..M12, Q1..Q4, H1, H2, 9M, and none for the whole year. Windows overlap: H1 ⊂ 9M ⊂ year.

A committee's own regime has windows of any length, `<regime>.<first day>-<last day>`, such as
`hanoi.20210101-20231212`. What the code says is all that is known here; which windows a regime has,
what people call them and which ones follow one another is in `regimes.py` (decision 22).
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache, total_ordering
from zoneinfo import ZoneInfo

from shared.reference.dates import DAY, DateSpan
from shared.reference.vietnamese import date_short

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
REGIMES = ("nd09", "cal")
KINDS = ("month", "quarter", "half", "nine_months", "year")
# The kind of every period of a committee's own regime.
WINDOW = "window"

# Label -> kind, first month, last month.
_LABELS: dict[str, tuple[str, int, int]] = (
    {f"M{month:02}": ("month", month, month) for month in range(1, 13)}
    | {f"Q{quarter}": ("quarter", 3 * quarter - 2, 3 * quarter) for quarter in range(1, 5)}
    | {"H1": ("half", 1, 6), "H2": ("half", 7, 12)}
    | {"9M": ("nine_months", 1, 9), "": ("year", 1, 12)}
)
# The years that a code can name.
_YEARS = range(2000, 2100)
_CODE = re.compile(r"(nd09|cal)\.(20[0-9]{2})(?:-([MQH9][0-9M]{1,2}))?")
_OWN_CODE = re.compile(r"([a-z0-9]{1,20})\.(20[0-9]{6})-(20[0-9]{6})")
_QUARTERS = {"Q1": "I", "Q2": "II", "Q3": "III", "Q4": "IV"}
_DECEMBER = 12


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A window of days, first and last included. Periods sort by first day, then last day."""

    code: str
    regime: str
    kind: str
    year: int
    first_day: date
    last_day: date

    @property
    def span(self) -> DateSpan:
        """The days of the window."""
        return DateSpan(self.first_day, self.last_day)

    @property
    def opens_at(self) -> datetime:
        """The first instant of the window, in Vietnam."""
        return datetime.combine(self.first_day, time(), VIETNAM)

    @property
    def closes_at(self) -> datetime:
        """The first instant after the window, in Vietnam: the window is half-open."""
        return datetime.combine(self.last_day + DAY, time(), VIETNAM)

    @property
    def label(self) -> str:
        """The part of the code after the year: "M02", "9M", or "" for a year or a window."""
        return "" if self.is_window else self.code.partition("-")[2]

    @property
    def is_window(self) -> bool:
        """Whether it is a window of a committee's own regime."""
        return self.kind == WINDOW

    def __lt__(self, other: "Period") -> bool:
        return self._place < other._place

    @property
    def _place(self) -> tuple[date, date, str]:
        return self.first_day, self.last_day, self.code


@lru_cache(maxsize=4096)
def parse_period(code: str) -> Period | None:
    """Return the period a code names, or None when it names none. Never raises."""
    found = _CODE.fullmatch(code)
    if found is None:
        return _parse_window(code)
    regime, year, label = found[1], int(found[2]), found[3] or ""
    return _period(regime, year, label) if label in _LABELS else None


def window(regime: str, first: date, last: date) -> Period:
    """Return the period of a committee's own regime from one day to another, both included."""
    code = f"{regime}.{first:%Y%m%d}-{last:%Y%m%d}"
    return Period(code, regime, WINDOW, last.year, first, last)


def periods_of_year(regime: str, kind: str, year: int) -> tuple[Period, ...]:
    """Return the periods of one regime, kind and year, ascending. Raises ValueError if unknown."""
    if regime not in REGIMES or kind not in KINDS:
        raise ValueError(f"no periods of kind {kind!r} in regime {regime!r}")
    labels = [label for label, (its_kind, _, _) in _LABELS.items() if its_kind == kind]
    return tuple(_period(regime, year, label) for label in labels)


def periods_between(first: Period, last: Period) -> tuple[Period, ...]:
    """
    Return the periods of a year-cutting regime from first to last, both included, ascending.

    Raises ValueError when regimes or kinds differ, or when last precedes first.
    """
    if (first.regime, first.kind) != (last.regime, last.kind) or last < first:
        raise ValueError(f"{first.code} and {last.code} do not span periods of one kind")
    years = range(first.year, last.year + 1)
    candidates = (p for year in years for p in periods_of_year(first.regime, first.kind, year))
    return tuple(period for period in candidates if first <= period <= last)


def period_containing(regime: str, kind: str, day: date) -> Period:
    """Return the period holding a day. Raises ValueError when none does (15/9-14/12 and 9M)."""
    for year in (day.year, day.year + 1):
        for period in periods_of_year(regime, kind, year):
            if period.first_day <= day <= period.last_day:
                return period
    raise ValueError(f"no {kind} of {regime} holds {day.isoformat()}")


def latest_closed(regime: str, kind: str, day: date) -> Period:
    """Return the newest period whose last day lies before a day."""
    years = (day.year - 1, day.year)
    candidates = (p for year in years for p in periods_of_year(regime, kind, year))
    return max(period for period in candidates if period.last_day < day)


def preceding(period: Period) -> tuple[Period, ...]:
    """
    Return the periods of the regime that end the day before a period begins, same kind first.

    Their closing figures are its opening figures: before Q3 come Q2 and M06, and H1.
    """
    return _adjoining(period, lambda other: other.closes_at == period.opens_at)


def following(period: Period) -> tuple[Period, ...]:
    """Return the periods of the regime that begin the day after a period ends, same kind first."""
    return _adjoining(period, lambda other: other.opens_at == period.closes_at)


def a_year_before(period: Period) -> Period:
    """
    Return the same period of the year before.

    Raises ValueError before the first year, and for a window: its regime knows.
    """
    if period.is_window or period.year <= _YEARS.start:
        raise ValueError(f"no period a year before {period.code}")
    return _period(period.regime, period.year - 1, period.label)


def contains(outer: Period, inner: Period) -> bool:
    """Return whether one window of a regime lies wholly within another of the same regime."""
    return (
        outer.regime == inner.regime
        and outer.first_day <= inner.first_day
        and inner.last_day <= outer.last_day
    )


def label_vi(period: Period) -> str:
    """
    Return the name people use: "tháng 11 năm 2026", "quý III năm 2026", "năm 2023".

    A window has the name that its regime gives it (`Regimes.label_vi`); here it has its days.
    """
    if period.is_window:
        first, last = date_short(period.first_day), date_short(period.last_day)
        return f"từ ngày {first} đến hết ngày {last}"
    year = f"năm {period.year}"
    if period.kind == "month":
        return f"tháng {int(period.label[1:])} {year}"
    if period.kind == "quarter":
        return f"quý {_QUARTERS[period.label]} {year}"
    named = {"H1": "6 tháng đầu ", "H2": "6 tháng cuối ", "9M": "9 tháng "}
    return named.get(period.label, "") + year


def _parse_window(code: str) -> Period | None:
    found = _OWN_CODE.fullmatch(code)
    if found is None or found[1] in REGIMES:
        return None
    try:
        first, last = map(date.fromisoformat, found.groups()[1:])
    except ValueError:
        return None
    return window(found[1], first, last) if first <= last else None


def _adjoining(period: Period, adjoins: Callable[[Period], bool]) -> tuple[Period, ...]:
    years = (year for year in range(period.year - 1, period.year + 2) if year in _YEARS)
    found = (
        other
        for year in years
        for kind in KINDS
        for other in periods_of_year(period.regime, kind, year)
        if adjoins(other)
    )
    return tuple(sorted(found, key=lambda other: (other.kind != period.kind, other)))


@lru_cache(maxsize=4096)
def _period(regime: str, year: int, label: str) -> Period:
    kind, first_month, last_month = _LABELS[label]
    code = f"{regime}.{year}" + (f"-{label}" if label else "")
    window = _decree_window if regime == "nd09" else _calendar_window
    return Period(code, regime, kind, year, *window(year, first_month, last_month))


def _decree_window(year: int, first_month: int, last_month: int) -> tuple[date, date]:
    before = (year, first_month - 1) if first_month > 1 else (year - 1, _DECEMBER)
    return date(*before, 15), date(year, last_month, 14)


def _calendar_window(year: int, first_month: int, last_month: int) -> tuple[date, date]:
    return date(year, first_month, 1), date(
        year, last_month, calendar.monthrange(year, last_month)[1]
    )
