"""Deadlines, held against the dates computed by hand for 2026."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.catalogue import FormVersion
from shared.reference.committees import Committee, Demand, Extension, build_committees
from shared.reference.deadlines import DeadlineRule, Due, due, due_at, rule_for
from shared.reference.levels import LEVELS
from shared.reference.periods import (
    KINDS,
    REGIMES,
    VIETNAM,
    Period,
    period_containing,
    periods_of_year,
)
from shared.reference.reference_data import ReferenceData
from tests.articles import read
from tests.builders.periods import period


@dataclass(frozen=True)
class DueDates:
    """The first and the second working day after a window of 2026 closes."""

    period: str
    due_1wd: date
    due_2wd: date


WINDOWS = read("reporting_windows_2026.periods", list[DueDates])


def period_of(window: DueDates) -> Period:
    """Return the period of a golden window."""
    return period("nd09.2026" if window.period == "Y" else f"nd09.2026-{window.period}")


def commune_rule(reference: ReferenceData, its: Period) -> DeadlineRule:
    """Return the rule that holds for communes."""
    found = rule_for(its, "commune", reference.rules)
    assert found is not None
    return found


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: w.period)
def test_reports_of_2026_are_due_two_working_days_after_the_close(
    reference: ReferenceData, window: DueDates
) -> None:
    """Khánh Hòa's Decision 01/2023, our default for the regime of Decree 09/2019."""
    its = period_of(window)

    found = due_at(its, commune_rule(reference, its), reference.calendar)

    assert found == datetime.combine(window.due_2wd, time(17), VIETNAM)


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: w.period)
def test_the_least_the_decree_allows_is_one_working_day(
    reference: ReferenceData, window: DueDates
) -> None:
    """Decree 09/2019 Art. 8(5)b: at least one working day from the close."""
    rule = DeadlineRule("one", "nd09", None, 1, time(17))

    assert due_at(period_of(window), rule, reference.calendar).date() == window.due_1wd


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("year", range(2018, 2031))
def test_a_due_day_is_never_a_day_off(reference: ReferenceData, regime: str, year: int) -> None:
    """A term that ends on a day off ends on the next working day (Civil Code 2015 Art. 148)."""
    tiers = [
        DeadlineRule(f"{level}.{days}", regime, level, days, time(17))
        for days, level in enumerate(LEVELS, start=1)
    ]
    rules = (*reference.rules, *tiers)

    for its in (it for kind in KINDS for it in periods_of_year(regime, kind, year)):
        for level in LEVELS:
            rule = rule_for(its, level, rules)
            assert rule is not None
            assert rule.level == level
            for one in (rule, commune_rule(reference, its)):
                at = due_at(its, one, reference.calendar)
                assert reference.calendar.is_working_day(at.date())
                assert at > its.closes_at


def test_calendar_reports_of_2025_are_due_on_the_fifth_working_day(
    reference: ReferenceData,
) -> None:
    """01/01 is a holiday and 02/01 was swapped for the 10th, so counting starts on the 5th."""
    year = period_containing("cal", "year", date(2025, 6, 1))

    at = due_at(year, commune_rule(reference, year), reference.calendar)

    assert at == datetime(2026, 1, 9, 17, 0, tzinfo=VIETNAM)


def test_a_saturday_worked_for_a_swapped_friday_may_be_the_due_day(
    reference: ReferenceData,
) -> None:
    """The 10th of January 2026 was a working Saturday: the sixth working day after the year."""
    rule = DeadlineRule("six", "cal", None, 6, time(17))

    assert due_at(period("cal.2025"), rule, reference.calendar).date() == date(2026, 1, 10)


def committee(area: str, *demands: Demand) -> Committee:
    """Return a committee that sent these letters."""
    return Committee(area, "Ban Chỉ đạo", area, (), "party", (), demands)


def letter(at: datetime | None, form: str = "F05", document: str = "Số 12-CV/BCĐ") -> Demand:
    """Return a letter asking for a form for 2026."""
    return Demand(form, "nd09.2026", at, document, "trước 17 giờ ngày 24/10/2026")


def more_time(at: datetime, *units: str) -> Extension:
    """Return a letter granting more time for 2026."""
    return Extension("F05", "nd09.2026", frozenset(units), at, "Số 15-CV/BCĐ", "chậm nhất …")


def f05(reference: ReferenceData, its: Period) -> FormVersion:
    """Return the form about models."""
    found = reference.catalogue.form("F05", its)
    assert found is not None
    return found


def asked(reference: ReferenceData, *committees: Committee, code: str = "nd09.2026") -> Due:
    """Return when F05 is due from a commune of Ninh Bình."""
    its = period(code)
    areas = ("14464.2", "37.2")
    form = f05(reference, its)
    return due(form, its, "commune", areas, committees, reference.rules, reference.calendar)


OCTOBER_24 = datetime(2026, 10, 24, 17, 0, tzinfo=VIETNAM)
BY_RULE = datetime(2026, 12, 16, 17, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("committees", "rule_code"),
    [
        pytest.param([committee("37.2", letter(OCTOBER_24))], "Số 12-CV/BCĐ", id="its-area"),
        pytest.param([committee("14464.2", letter(OCTOBER_24))], "Số 12-CV/BCĐ", id="its-own"),
        pytest.param([committee("80.2", letter(OCTOBER_24))], "nd09.2wd", id="another-area"),
        pytest.param([committee("37.2", letter(OCTOBER_24, "F01"))], "nd09.2wd", id="another-form"),
        pytest.param([committee("37.2", letter(None))], "nd09.2wd", id="no-date-in-the-letter"),
        pytest.param([], "nd09.2wd", id="no-committee"),
    ],
)
def test_a_letter_sets_the_due_instant_of_its_area_and_form_only(
    reference: ReferenceData, committees: list[Committee], rule_code: str
) -> None:
    """What a committee orders goes before the general rule, and only where it may order."""
    found = asked(reference, *committees)

    by_letter = rule_code != "nd09.2wd"
    assert (found.at, found.rule_code) == (OCTOBER_24 if by_letter else BY_RULE, rule_code)
    assert found.wording == ("trước 17 giờ ngày 24/10/2026" if by_letter else "")


def test_a_letters_sunday_gives_way_to_monday(reference: ReferenceData) -> None:
    """Civil Code 2015, Art. 148(5), for what a letter asks and for what it grants."""
    row = {"form": "F05", "period": "nd09.2026", "document": "Số 12-CV/BCĐ"}
    letters = {
        "demands": [{**row, "deadline": "chậm nhất ngày 25/10/2026"}],
        "extensions": [{**row, "deadline": "chậm nhất ngày 19/12/2026", "document": "Số 15-CV"}],
    }
    for kind, at in (
        ("demands", datetime(2026, 10, 27, tzinfo=VIETNAM)),
        ("extensions", datetime(2026, 12, 22, tzinfo=VIETNAM)),
    ):
        (told,) = build_committees(
            [
                {
                    "key": "x",
                    "name_vi": "Ban Chỉ đạo",
                    "area": "37.2",
                    "programmes": ["dan_van_kheo"],
                    "letter_style": "party",
                    kind: letters[kind],
                }
            ]
        )

        assert asked(reference, told).at == at


def test_of_two_letters_the_later_date_holds(reference: ReferenceData) -> None:
    """Nobody is accused who met one of two dates that committees set."""
    later = letter(OCTOBER_24 + timedelta(days=3), document="Số 13-CV/BCĐ")

    assert (
        asked(reference, committee("37.2", later, letter(OCTOBER_24))).rule_code == "Số 13-CV/BCĐ"
    )


def test_a_committee_that_has_ended_orders_nothing(reference: ReferenceData) -> None:
    """The committee of a merged province binds no period that closes after the merger."""
    standing = committee("37.2", letter(OCTOBER_24))
    ended = replace(standing, valid_to=date(2026, 12, 13))

    assert asked(reference, ended).rule_code == "nd09.2wd"
    assert asked(reference, replace(standing, valid_to=date(2026, 12, 14))).at == OCTOBER_24


def test_a_new_committee_may_ask_for_a_period_that_closed_before_it_was_founded(
    reference: ReferenceData,
) -> None:
    """The committee of a merged province collects the last year of its predecessors."""
    founded = replace(committee("37.2", letter(OCTOBER_24)), valid_from=date(2027, 1, 15))

    assert asked(reference, founded).at == OCTOBER_24


@pytest.mark.parametrize(
    ("units", "granted"), [((), True), (("14464.2",), True), (("37.2",), True), (("1.2",), False)]
)
def test_an_extension_moves_the_units_it_names_and_cites_its_document(
    reference: ReferenceData, units: tuple[str, ...], granted: bool
) -> None:
    """A flooded commune gets more time, its neighbours do not."""
    later = BY_RULE + timedelta(days=10)
    its = replace(committee("37.2"), extensions=(more_time(later, *units),))

    found = asked(reference, its)

    wanted = (later, "Số 15-CV/BCĐ", "chậm nhất …") if granted else (BY_RULE, "nd09.2wd", "")
    assert (found.at, found.rule_code, found.wording) == wanted


def test_an_extension_is_for_its_form_and_period(reference: ReferenceData) -> None:
    """More time for the year is no more time for a month."""
    later = BY_RULE + timedelta(days=10)
    its = replace(committee("37.2"), extensions=(more_time(later),))

    assert asked(reference, its, code="nd09.2026-M12").rule_code == "nd09.2wd"


@given(st.integers(-400, 400))
def test_an_extension_never_moves_a_date_earlier(reference: ReferenceData, hours: int) -> None:
    """A letter that grants time cannot make anybody late."""
    its = replace(
        committee("37.2", letter(OCTOBER_24)),
        extensions=(more_time(OCTOBER_24 + timedelta(hours=hours)),),
    )

    found = asked(reference, its)

    assert found.at == max(OCTOBER_24, OCTOBER_24 + timedelta(hours=hours))
    assert found.rule_code == ("Số 15-CV/BCĐ" if hours > 0 else "Số 12-CV/BCĐ")


def test_the_facts_tell_when_a_commune_is_due(reference: ReferenceData) -> None:
    """One call from unit, form and period: M02 of 2026 waits for the end of Tết."""
    commune = reference.directory.below("37.2")[0]

    found = reference.due("F05", period("nd09.2026-M02"), commune.key)

    assert found is not None
    assert found.at == datetime(2026, 2, 24, 17, 0, tzinfo=VIETNAM)
