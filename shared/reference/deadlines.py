"""
Deadlines: when a report is due, by the rule of its regime, a committee's letter or an extension.

A rule is picked by the last day of the period and the level of the unit, never by today, so next
year's rule leaves last year's verdicts alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, product

from shared.reference.catalogue import FormVersion
from shared.reference.committees import Committee, Demand, Extension, letter_due
from shared.reference.dates import Dated
from shared.reference.errors import NoDeadlineRule
from shared.reference.levels import LEVELS
from shared.reference.periods import KINDS, REGIMES, VIETNAM, Period, periods_of_year
from shared.reference.regime_rows import REGIME_FIELDS, regime_code
from shared.reference.regimes import Regimes
from shared.reference.rows import FileRow
from shared.reference.wordings import Wording
from shared.reference.working_days import WorkingCalendar

__all__ = [
    "STATES",
    "DeadlineRule",
    "Demand",
    "Due",
    "Extension",
    "Wording",
    "build_rules",
    "due",
    "due_at",
    "missing_rules",
    "rule_for",
]

# Where a rule comes from: an act, the practice of an authority, or ourselves.
STATES = ("law", "custom", "default")
# The first year of which press articles give figures; no report of an earlier one is kept.
_FIRST_YEAR = 2017
_FIELDS = (
    "code",
    "level",
    "working_days_after_close",
    "hour",
    "valid_from",
    "valid_to",
    "source",
    "state",
)


@dataclass(frozen=True, slots=True)
class DeadlineRule(Dated):
    """
    Due at an hour (Vietnam) of the n-th working day after the last day of the period.

    It holds for units of one level, or of every level that has no rule of its own (level None),
    and for periods that end between two dates, both included; None is open.
    """

    code: str
    regime: str
    level: str | None
    working_days_after_close: int
    hour: time
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    state: str = "default"

    def holds(self, period: Period) -> bool:
        """Return whether this is a rule for a period: of its regime, in force on its last day."""
        return self.regime == period.regime and self.span.contains(period.last_day)


@dataclass(frozen=True, slots=True)
class Due:
    """
    A due instant and the code of the rule, or the document, that sets it.

    A report is on time when it was received before `at`. `wording` holds the letter's own words
    where it is a letter that sets the date. `before_use` tells that the instant lies before the
    first day on which anybody of the area could report here.
    """

    at: datetime
    rule_code: str
    wording: str = ""
    before_use: bool = False

    def on_time(self, received_at: datetime) -> bool | None:
        """
        Return whether a report first received at an instant is on time.

        None for history entered after the fact: it is neither on time nor late.
        """
        if received_at < self.at:
            return True
        return None if self.before_use else False


def build_rules(
    rows: Iterable[Mapping[str, object]], file: str = "regimes.yaml"
) -> tuple[DeadlineRule, ...]:
    """
    Return the rules of these regimes: rows with `code` and `rules`, as in regimes.yaml.

    Raises FactError on an unusable row, a code that is there twice, or two rules of one regime and
    level that hold on one day.
    """
    rules: dict[str, DeadlineRule] = {}
    for number, values in enumerate(rows, start=1):
        regime = FileRow(file, f"regime {values.get('code') or number}", values)
        regime.only(*REGIME_FIELDS)
        code = regime_code(regime)
        for row in regime.rows("rules"):
            rule = _rule(row, code)
            clash = next((it for it in rules.values() if _clash(it, rule)), None)
            if clash is not None:
                raise row.refused(f"rule {rule.code} holds together with rule {clash.code}")
            rules[rule.code] = rule
    return tuple(rules.values())


def rule_for(period: Period, level: str, rules: Iterable[DeadlineRule]) -> DeadlineRule | None:
    """Return the rule in force for a period: that of the level first, then that of all levels."""
    holding = {rule.level: rule for rule in rules if rule.holds(period)}
    return holding.get(level) or holding.get(None)


def missing_rules(
    rules: Iterable[DeadlineRule],
    forms: Iterable[FormVersion],
    until: date,
    levels_owing: Callable[[FormVersion, Period], frozenset[str]],
    regimes: Regimes | None = None,
) -> Iterator[tuple[Period, str]]:
    """
    Yield each period and level that a form may be owed for and that has no deadline rule.

    From the first year of which reports are kept to the last period that ends by *until*. A window
    of a committee must have one too: a letter may set its date, but need not.
    """
    known, versions, own = tuple(rules), tuple(forms), regimes or Regimes()
    for period in chain(_periods_until(until), own.windows()):
        holding = {rule.level for rule in known if rule.holds(period)}
        if None in holding:
            continue
        levels = {
            level
            for form in versions
            if own.takes(form, period) and form.valid_in(period)
            for level in levels_owing(form, period)
        }
        yield from ((period, level) for level in sorted(levels - holding))


def due_at(period: Period, rule: DeadlineRule, calendar: WorkingCalendar) -> datetime:
    """
    Return the due instant of a period by a rule, in Asia/Ho_Chi_Minh.

    Raises CalendarTooShort when the calendar does not reach that far.
    """
    day = calendar.nth_working_day_after(period.last_day, rule.working_days_after_close)
    return datetime.combine(day, rule.hour, VIETNAM)


def due(  # noqa: PLR0913, PLR0917 - what, who, and the facts that decide
    form: FormVersion,
    period: Period,
    level: str,
    areas: tuple[str, ...],
    committees: Iterable[Committee],
    rules: Iterable[DeadlineRule],
    calendar: WorkingCalendar,
) -> Due:
    """
    Return when a unit's report is due; `areas` is the unit itself and its path in the directory.

    A date set by a letter of a committee of its area goes before the regime's rule; of several the
    latest holds, so that nobody is accused who met one of them. An extension only ever moves the
    date later. A letter's last day that is a day off gives way to the next working day (Civil Code
    2015, Art. 148(5)). Raises NoDueInstant when the calendar does not reach that far, or no rule
    holds.
    """
    asking = [it for it in committees if it.area in areas and it.asks_for(period)]
    by_letter = list(_asked(form, period, asking, calendar))
    asked = by_letter or [_by_rule(period, level, rules, calendar)]
    granted = _granted(form, period, areas, asking, calendar)
    return max((*asked, *granted), key=lambda one: one.at)


def _periods_until(until: date) -> Iterator[Period]:
    for year in range(_FIRST_YEAR, until.year + 1):
        for regime, kind in product(REGIMES, KINDS):
            yield from (it for it in periods_of_year(regime, kind, year) if it.last_day <= until)


def _by_rule(
    period: Period, level: str, rules: Iterable[DeadlineRule], calendar: WorkingCalendar
) -> Due:
    rule = rule_for(period, level, rules)
    if rule is None:
        raise NoDeadlineRule(f"no rule sets a deadline for {period.code} and level {level}")
    return Due(due_at(period, rule, calendar), rule.code)


def _asked(
    form: FormVersion, period: Period, asking: Iterable[Committee], calendar: WorkingCalendar
) -> Iterator[Due]:
    for committee in asking:
        for demand in committee.demands:
            if (demand.form, demand.period) == (form.code, period.code):
                at = letter_due(demand, calendar)
                if at is not None:
                    yield Due(at, demand.document, demand.wording)


def _granted(
    form: FormVersion,
    period: Period,
    areas: tuple[str, ...],
    asking: Iterable[Committee],
    calendar: WorkingCalendar,
) -> Iterator[Due]:
    for committee in asking:
        for extension in committee.extensions:
            if (extension.form, extension.period) == (form.code, period.code) and (
                not extension.units or not extension.units.isdisjoint(areas)
            ):
                at = letter_due(extension, calendar) or extension.due_at
                yield Due(at, extension.document, extension.wording)


def _rule(row: FileRow, regime: str) -> DeadlineRule:
    row.only(*_FIELDS)
    span = row.span()
    days = row.number("working_days_after_close")
    if days < 1:
        # Decree 09/2019/NĐ-CP Art. 8(5)b: at least one working day from the close.
        raise row.wrong("working_days_after_close", f"must be at least 1, not {days}")
    return DeadlineRule(
        code=row.text("code"),
        regime=regime,
        level=None if row.text_or_none("level") is None else row.one_of("level", LEVELS),
        working_days_after_close=days,
        hour=row.hour("hour"),
        valid_from=span.first,
        valid_to=span.last,
        source=row.text("source"),
        state=row.one_of("state", STATES),
    )


def _clash(one: DeadlineRule, other: DeadlineRule) -> bool:
    return one.code == other.code or (
        (one.regime, one.level) == (other.regime, other.level) and one.span.overlaps(other.span)
    )
