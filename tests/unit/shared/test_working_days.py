"""Working days of the public sector, held against the notices of the Government Office."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from shared.reference.rows import FileRow
from shared.reference.working_days import WorkingCalendar, build_calendar
from tests.articles import read

days = st.dates(date(2018, 1, 1), date(2030, 12, 1))


@dataclass(frozen=True)
class Swap:
    """A weekday given off and the weekend day worked instead."""

    day_off: date
    day_worked: date


@dataclass(frozen=True)
class Tet:
    """The Lunar New Year of a year, weekends included."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    weekdays_off: list[date]


@pytest.mark.parametrize("swap", read("calendar.swaps", list[Swap]), ids=lambda s: str(s.day_off))
def test_a_swapped_weekday_is_off_and_its_saturday_is_worked(
    reference: ReferenceData, swap: Swap
) -> None:
    """The package does not know the swap of 02/01/2026; a due instant would move by a day."""
    assert not reference.calendar.is_working_day(swap.day_off)
    assert reference.calendar.is_working_day(swap.day_worked)


def test_tet_2026_is_nine_days_without_work(reference: ReferenceData) -> None:
    """M02 closes on the Saturday before Tết; nobody may be called late during it."""
    tet = read("calendar.tet_2026", Tet)
    length = (tet.last - tet.first).days + 1

    off = [tet.first + timedelta(days=step) for step in range(length)]

    assert length == 9
    assert not any(map(reference.calendar.is_working_day, off))
    assert set(tet.weekdays_off) <= reference.calendar.days_off


def test_culture_day_of_2026_is_off(reference: ReferenceData) -> None:
    """24/11 is a paid day off from 2026 on, by Resolution 80-NQ/TW."""
    assert not reference.calendar.is_working_day(read("calendar.culture_day.date", date))


def test_culture_day_of_2025_was_worked(reference: ReferenceData) -> None:
    """A holiday holds from its year on; earlier due instants must stay as they were."""
    assert reference.calendar.is_working_day(date(2025, 11, 24))


def test_a_holiday_on_a_weekend_is_given_back_on_the_next_working_day(
    reference: ReferenceData,
) -> None:
    """Hùng Kings' day of 2026 falls on Sunday 26 April; Monday is off in lieu."""
    assert not reference.calendar.is_working_day(date(2026, 4, 27))


@given(days, st.integers(1, 15))
def test_the_nth_working_day_is_n_working_days_away(
    reference: ReferenceData, day: date, n: int
) -> None:
    """The two functions state due instants and delays; they must agree on what a day is."""
    calendar = reference.calendar
    found = calendar.nth_working_day_after(day, n)

    assert calendar.is_working_day(found)
    assert calendar.working_days_between(day, found) == n


@given(days, days)
def test_working_days_between_change_sign_with_direction(
    reference: ReferenceData, a: date, b: date
) -> None:
    """Days left before the due day and days overdue after it are one number."""
    first, last = min(a, b), min(max(a, b), min(a, b) + timedelta(days=60))

    there = reference.calendar.working_days_between(first, last)

    assert reference.calendar.working_days_between(last, first) == -there


def test_the_day_a_term_starts_from_is_left_out(reference: ReferenceData) -> None:
    """Civil Code 2015 Art. 147: a term in days begins on the day after."""
    monday = date(2026, 3, 16)

    assert reference.calendar.nth_working_day_after(monday, 1) == date(2026, 3, 17)


@pytest.mark.parametrize("day", [date(2015, 12, 31), date(2032, 1, 1)])
def test_a_day_outside_the_calendar_is_refused(reference: ReferenceData, day: date) -> None:
    """A guessed holiday would accuse somebody on the wrong day."""
    with pytest.raises(ValueError, match="the calendar covers"):
        reference.calendar.is_working_day(day)


def test_the_zeroth_working_day_is_refused(reference: ReferenceData) -> None:
    """The law gives at least one working day; zero is a mistake in a rule."""
    with pytest.raises(ValueError, match="at least 1"):
        reference.calendar.nth_working_day_after(date(2026, 3, 16), 0)


TABLE: Mapping[str, object] = {"first": date(2026, 1, 1), "last": date(2027, 12, 31)}
NOTICE = {"source": "a notice"}
FRIDAY, SATURDAY = date(2026, 1, 2), date(2026, 1, 10)


def calendar_of(**table: object) -> WorkingCalendar:
    """Return a calendar whose package gives off the 1st of January and one Friday."""
    package = [date(2026, 1, 1), date(2026, 1, 16), date(2020, 1, 1)]
    return build_calendar(FileRow("table", "", {**TABLE, **table}), package, [date(2026, 8, 22)])


def test_the_table_lies_over_the_package() -> None:
    """A notice that came after the package's release holds, whichever way it decides."""
    calendar = calendar_of(
        swaps=[{"day_off": FRIDAY, "day_worked": SATURDAY, **NOTICE}],
        days_off=[{"day": date(2026, 8, 22), **NOTICE}],
        days_worked=[{"day": date(2026, 1, 16), **NOTICE}],
    )

    assert [calendar.is_working_day(day) for day in (FRIDAY, SATURDAY)] == [False, True]
    assert not calendar.is_working_day(date(2026, 1, 1))
    assert not calendar.is_working_day(date(2026, 8, 22))
    assert calendar.is_working_day(date(2026, 1, 16))
    assert calendar.days_off == {FRIDAY, date(2026, 1, 1), date(2026, 8, 22)}
    assert calendar.days_worked == {SATURDAY, date(2026, 1, 16)}
    assert calendar_of().is_working_day(date(2026, 8, 22))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {
                "swaps": [{"day_off": FRIDAY, "day_worked": SATURDAY, **NOTICE}],
                "days_worked": [{"day": FRIDAY, **NOTICE}],
            },
            "table: 2026-01-02 is both off and worked",
        ),
        ({"days_off": [{"day": date(2028, 1, 3), **NOTICE}]}, "2028-01-03 lies outside 2026"),
        ({"days_off": [{"day": FRIDAY}]}, "days_off 1: source: must be a text"),
        ({"last": date(2025, 1, 1)}, "last: 2025-01-01 is before 2026-01-01"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(table: dict[str, object], message: str) -> None:
    """Every day off or worked moves due dates; nobody may have to guess which."""
    with pytest.raises(FactError, match=message):
        calendar_of(**table)


def test_a_worked_saturday_wins_over_the_weekend() -> None:
    """The two lists of dates are exceptions to the week, not to one another."""
    saturday = date(2026, 8, 22)
    calendar = WorkingCalendar(frozenset(), frozenset({saturday}), saturday, saturday)

    assert calendar.is_working_day(saturday)
