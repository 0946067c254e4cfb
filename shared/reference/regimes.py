"""
Regimes of committees: the windows of time that a committee asks for, as facts of the directory.

`nd09` and `cal` cut years for everybody. A regime of a committee has an area and lists its windows:
stages, each with its days ("giai đoạn 2021–2023"), and yearly ones ("từ 16/11 năm trước đến
15/11"). Windows may overlap, so only those of one yearly rule are ever added up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from shared.reference import periods
from shared.reference.dates import DAY, Dated
from shared.reference.forms import FormVersion
from shared.reference.periods import KINDS, REGIMES, Period, parse_period, periods_of_year, window

_DAYS_REMEMBERED = 256
_LEAP_DAYS = timedelta(days=2)
YEARS = range(2001, 2100)
"""The years in which a committee's window may lie."""


@dataclass(frozen=True, slots=True)
class YearlyWindow(Dated):
    """
    A window of every year, from one day of the year ("11-16") to another ("11-15").

    When the first stands behind the last, it lies in the year before. `{year}` in the label is the
    year of the last day. It holds for the years whose last day lies between the two dates.
    """

    first: str
    last: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None

    def of_year(self, regime: str, year: int) -> Period:
        """Return the window that ends in a year."""
        begins = year if self.first <= self.last else year - 1
        days = (date.fromisoformat(it) for it in (f"{begins}-{self.first}", f"{year}-{self.last}"))
        return window(regime, *days)


@dataclass(frozen=True, slots=True)
class Stage:
    """A window that comes once, and what people call it."""

    first: date
    last: date
    label: str


@dataclass(frozen=True, slots=True)
class ListedWindow:
    """A window of a regime: its label, and the yearly rule that it comes from, None for a stage."""

    period: Period
    label: str
    rule: YearlyWindow | None = None


@dataclass(frozen=True)
class Regime:
    """
    A regime of a committee.

    `area` is where it holds, None the whole country. Its reports are owed by every unit there that
    owes the form when it is `obligatory`, else only where a letter asks for them. `forms` are those
    that it asks for, empty for every form that is reported for years.
    """

    code: str
    label_vi: str
    area: str | None
    obligatory: bool
    forms: frozenset[str]
    stages: tuple[Stage, ...]
    yearly: tuple[YearlyWindow, ...]

    @cached_property
    def windows(self) -> tuple[ListedWindow, ...]:
        """Every window, ascending."""
        found = [ListedWindow(window(self.code, it.first, it.last), it.label) for it in self.stages]
        for rule in self.yearly:
            of_years = (rule.of_year(self.code, year) for year in YEARS)
            found += [
                ListedWindow(it, rule.label.replace("{year}", str(it.year)), rule)
                for it in of_years
                if rule.span.contains(it.last_day)
            ]
        return tuple(sorted(found, key=lambda it: it.period))

    def holds_in(self, areas: Iterable[str]) -> bool:
        """Return whether it holds for a unit; *areas* are the unit itself and its path."""
        return self.area is None or self.area in areas


class Regimes:
    """All regimes of committees, and what a period is within its regime; compared by identity."""

    def __init__(self, own: Iterable[Regime] = ()) -> None:
        self._own = {it.code: it for it in own}
        self.holding = lru_cache(maxsize=_DAYS_REMEMBERED)(self._find_holding)
        """Returns every period, of whatever regime and kind, that holds a day."""
        self._listed: Mapping[str, ListedWindow] = {
            it.period.code: it for regime in self._own.values() for it in regime.windows
        }

    def __iter__(self) -> Iterator[Regime]:
        return iter(self._own.values())

    def get(self, code: str) -> Regime | None:
        """Return a committee's regime, None where no committee has one of this code."""
        return self._own.get(code)

    def find(self, code: str) -> Period | None:
        """Return the period of a code, None when no regime has it. Never raises."""
        period = parse_period(code)
        return period if period is not None and self.knows(period) else None

    def knows(self, period: Period) -> bool:
        """Return whether a regime has this period."""
        return not period.is_window or period.code in self._listed

    def takes(self, form: FormVersion, period: Period) -> bool:
        """Return whether a form may be reported for a period."""
        regime = self.get(period.regime)
        asked = regime is None or not regime.forms or form.code in regime.forms
        return asked and form.accepts(period) and self.knows(period)

    def label_vi(self, period: Period) -> str:
        """Return the name people use; the days of a window that no regime lists any more."""
        listed = self._listed.get(period.code)
        return listed.label if listed else periods.label_vi(period)

    def preceding(self, period: Period) -> tuple[Period, ...]:
        """Return the periods of the regime that end the day before a period begins, best first."""
        if not period.is_window:
            return periods.preceding(period)
        return self._adjoining(period, lambda other: other.last_day + DAY == period.first_day)

    def following(self, period: Period) -> tuple[Period, ...]:
        """Return the periods of the regime that begin the day after a period ends, best first."""
        if not period.is_window:
            return periods.following(period)
        return self._adjoining(period, lambda other: other.first_day == period.last_day + DAY)

    def a_year_before(self, period: Period) -> Period | None:
        """Return the same period of the year before; None for a stage, and before the first."""
        if not period.is_window:
            return periods.a_year_before(period) if period.year >= YEARS.start else None
        rule = self._rule(period)
        if rule is None or period.year - 1 not in YEARS:
            return None
        return self.find(rule.of_year(period.regime, period.year - 1).code)

    def between(self, first: Period, last: Period) -> tuple[Period, ...]:
        """
        Return the periods from first to last, both included, ascending.

        Raises ValueError when they are not of one regime and kind, or last precedes first. Windows
        must be of one yearly rule: others may overlap, and what happened once would count twice.
        """
        if not (first.is_window or last.is_window):
            return periods.periods_between(first, last)
        rule = self._rule(first)
        if first == last:
            return (first,)
        if rule is None or rule != self._rule(last) or last < first or first.regime != last.regime:
            raise ValueError(f"{first.code} and {last.code} are not windows of one yearly rule")
        years = range(first.year, last.year + 1)
        found = (self.find(rule.of_year(first.regime, year).code) for year in years)
        return tuple(it for it in found if it is not None)

    def comparable(self, period: Period, before: Period) -> bool:
        """
        Return whether figures of a period may be held against those of an earlier one.

        Both are of one regime and kind. Windows are of one yearly rule, or stages of one length
        that do not overlap: three years against two would only tell of the year more.
        """
        alike = (period.regime, period.kind) == (before.regime, before.kind) and before < period
        if not alike or not period.is_window:
            return alike
        if self._rule(period) is not None or self._rule(before) is not None:
            return self._rule(period) == self._rule(before)
        longer = (period.last_day - period.first_day) - (before.last_day - before.first_day)
        return before.last_day < period.first_day and abs(longer) <= _LEAP_DAYS

    def _find_holding(self, day: date) -> tuple[Period, ...]:
        found = (
            period
            for regime in REGIMES
            for kind in KINDS
            for year in (day.year, day.year + 1)
            for period in periods_of_year(regime, kind, year)
        )
        windows = (it.period for it in self._listed.values())
        return tuple(it for it in (*found, *windows) if it.first_day <= day <= it.last_day)

    def windows(self) -> Iterator[Period]:
        """Yield every window that a committee's regime has."""
        return (it.period for it in self._listed.values())

    def _rule(self, period: Period) -> YearlyWindow | None:
        listed = self._listed.get(period.code)
        return listed.rule if listed else None

    def _adjoining(self, period: Period, adjoins: Callable[[Period], bool]) -> tuple[Period, ...]:
        """Return the windows of the regime that adjoin one: those of its own rule first."""
        regime, rule = self.get(period.regime), self._rule(period)
        found = [it for it in (regime.windows if regime else ()) if adjoins(it.period)]
        found.sort(key=lambda it: (it.rule is None or it.rule != rule, it.period))
        return tuple(it.period for it in found)
