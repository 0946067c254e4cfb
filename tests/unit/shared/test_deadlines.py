"""Deadlines, held against the dates computed by hand for 2026."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.committees import Committee, Demand
from shared.domain.deadlines import DeadlineRule, due, due_at
from shared.domain.periods import (
    KINDS,
    REGIMES,
    VIETNAM,
    Period,
    parse_period,
    period_containing,
    periods_of_year,
)
from shared.infra.facts import Facts
from tests.articles import read


@dataclass(frozen=True)
class DueDates:
    """The first and the second working day after a window of 2026 closes."""

    period: str
    due_1wd: date
    due_2wd: date


WINDOWS = read("reporting_windows_2026.periods", list[DueDates])


def period_of(window: DueDates) -> Period:
    """Return the period of a golden window."""
    found = parse_period("nd09.2026" if window.period == "Y" else f"nd09.2026-{window.period}")
    assert found is not None
    return found


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: w.period)
def test_reports_of_2026_are_due_two_working_days_after_the_close(
    facts: Facts, window: DueDates
) -> None:
    """Khánh Hòa's Decision 01/2023, our default for the regime of Decree 09/2019."""
    rule = facts.rules["nd09"]

    found = due_at(period_of(window), rule, facts.calendar)

    assert found == datetime.combine(window.due_2wd, time(17), VIETNAM)


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: w.period)
def test_the_least_the_decree_allows_is_one_working_day(facts: Facts, window: DueDates) -> None:
    """Decree 09/2019 Art. 8(5)b: at least one working day from the close."""
    rule = DeadlineRule("one", 1, time(17))

    assert due_at(period_of(window), rule, facts.calendar).date() == window.due_1wd


@given(st.sampled_from(REGIMES), st.sampled_from(KINDS), st.integers(2018, 2030))
def test_a_due_day_is_never_a_day_off(facts: Facts, regime: str, kind: str, year: int) -> None:
    """A term that ends on a day off ends on the next working day (Civil Code 2015 Art. 148)."""
    for period in periods_of_year(regime, kind, year):
        at = due_at(period, facts.rules[regime], facts.calendar)

        assert facts.calendar.is_working_day(at.date())
        assert at > period.closes_at


def test_calendar_reports_of_2025_are_due_on_the_fifth_working_day(facts: Facts) -> None:
    """01/01 is a holiday and 02/01 was swapped for the 10th, so counting starts on the 5th."""
    year = period_containing("cal", "year", date(2025, 6, 1))

    at = due_at(year, facts.rules["cal"], facts.calendar)

    assert at == datetime(2026, 1, 9, 17, 0, tzinfo=VIETNAM)


def committee(area: str, *demands: Demand) -> Committee:
    """Return a committee that sent these letters."""
    return Committee(area, "Ban Chỉ đạo", area, (), "party", (), demands)


def letter(at: datetime | None, form: str = "F05", document: str = "Số 12-CV/BCĐ") -> Demand:
    """Return a letter asking for a form for 2026."""
    return Demand(form, "nd09.2026", at, document)


OCTOBER_24 = datetime(2026, 10, 24, 17, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("committees", "rule_code"),
    [
        pytest.param([committee("37.2", letter(OCTOBER_24))], "Số 12-CV/BCĐ", id="its-area"),
        pytest.param([committee("80.2", letter(OCTOBER_24))], "nd09.2wd", id="another-area"),
        pytest.param([committee("37.2", letter(OCTOBER_24, "F01"))], "nd09.2wd", id="another-form"),
        pytest.param([committee("37.2", letter(None))], "nd09.2wd", id="no-date-in-the-letter"),
        pytest.param([], "nd09.2wd", id="no-committee"),
    ],
)
def test_a_letter_sets_the_due_instant_of_its_area_and_form_only(
    facts: Facts, committees: list[Committee], rule_code: str
) -> None:
    """What a committee orders goes before the general rule, and only where it may order."""
    period = parse_period("nd09.2026")
    assert period is not None
    form = facts.catalogue.form("F05", period)
    assert form is not None

    found = due(form, period, ("37.2",), committees, facts.rules, facts.calendar)

    assert found.rule_code == rule_code
    assert (found.at == OCTOBER_24) == (rule_code != "nd09.2wd")


def test_of_two_letters_the_later_date_holds(facts: Facts) -> None:
    """Nobody is accused who met one of two dates that committees set."""
    period = parse_period("nd09.2026")
    assert period is not None
    form = facts.catalogue.form("F05", period)
    assert form is not None
    later = letter(OCTOBER_24 + timedelta(days=3), document="Số 13-CV/BCĐ")
    committees = [committee("37.2", later, letter(OCTOBER_24))]

    found = due(form, period, ("37.2",), committees, facts.rules, facts.calendar)

    assert found.rule_code == "Số 13-CV/BCĐ"


def test_the_facts_tell_when_a_commune_is_due(facts: Facts) -> None:
    """One call from unit, form and period: M02 of 2026 waits for the end of Tết."""
    period = parse_period("nd09.2026-M02")
    assert period is not None
    commune = facts.directory.below("37.2")[0]

    found = facts.due("F05", period, commune.key)

    assert found is not None
    assert found.at == datetime(2026, 2, 24, 17, 0, tzinfo=VIETNAM)
