"""Deadlines: when a report is due, by the rule of its regime or by a committee's letter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from shared.domain.catalogue import FormVersion
from shared.domain.committees import Committee, Demand
from shared.domain.periods import VIETNAM, Period
from shared.domain.working_days import WorkingCalendar

__all__ = ["DEADLINE_RULES", "DeadlineRule", "Demand", "Due", "due", "due_at"]


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """Due at an hour (Vietnam) of the n-th working day after the last day of the period."""

    code: str
    working_days_after_close: int
    hour: time


@dataclass(frozen=True, slots=True)
class Due:
    """A due instant and the code of the rule, or the document, that sets it."""

    at: datetime
    rule_code: str


# nd09: two working days as in Khánh Hòa's Decision 01/2023; Decree 09/2019 Art. 8(5)b wants at
# least one. cal: five working days is our default, no law sets it.
DEADLINE_RULES: Mapping[str, DeadlineRule] = {
    "nd09": DeadlineRule("nd09.2wd", 2, time(17)),
    "cal": DeadlineRule("cal.5wd", 5, time(17)),
}


def due_at(period: Period, rule: DeadlineRule, calendar: WorkingCalendar) -> datetime:
    """
    Return the due instant of a period by a rule, in Asia/Ho_Chi_Minh.

    Raises ValueError when the calendar does not reach that far.
    """
    day = calendar.nth_working_day_after(period.last_day, rule.working_days_after_close)
    return datetime.combine(day, rule.hour, VIETNAM)


def due(
    form: FormVersion,
    period: Period,
    areas: tuple[str, ...],
    committees: Iterable[Committee],
    rules: Mapping[str, DeadlineRule],
    calendar: WorkingCalendar,
) -> Due:
    """
    Return when a unit's report is due; `areas` is the unit's path in the directory.

    A date set by a letter of a committee of its area goes before the regime's rule; of several the
    latest holds, so that nobody is accused who met one of them. Raises ValueError when the
    calendar does not reach that far.
    """
    letters = [
        Due(demand.due_at, demand.document)
        for committee in committees
        if committee.area in areas
        for demand in committee.demands
        if (demand.form, demand.period) == (form.code, period.code) and demand.due_at is not None
    ]
    if letters:
        return max(letters, key=lambda letter: letter.at)
    rule = rules[period.regime]
    return Due(due_at(period, rule, calendar), rule.code)
