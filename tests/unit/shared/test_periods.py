"""Periods: windows of the law, tiling, names."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from shared.reference.periods import (
    KINDS,
    REGIMES,
    Period,
    contains,
    label_vi,
    latest_closed,
    parse_period,
    period_containing,
    periods_between,
    periods_of_year,
)
from tests.articles import read
from tests.builders.periods import period

years = st.integers(2018, 2030)
regimes = st.sampled_from(REGIMES)
days = st.dates(date(2018, 1, 1), date(2030, 12, 31))


@dataclass(frozen=True)
class Window:
    """A window of Decree 09/2019 Art. 12 in 2026."""

    period: str
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]


def tile(parts: tuple[Period, ...], whole: Period) -> bool:
    """Tell whether the parts follow one another without gap and make up the whole."""
    meet = all(a.closes_at == b.opens_at for a, b in pairwise(parts))
    return meet and (parts[0].opens_at, parts[-1].closes_at) == (whole.opens_at, whole.closes_at)


@pytest.mark.parametrize(
    "window", read("reporting_windows_2026.periods", list[Window]), ids=lambda w: w.period
)
def test_decree_09_2019_windows_of_2026_are_those_of_article_12(window: Window) -> None:
    """A wrong first or last day makes every figure of the period wrong."""
    code = "nd09.2026" if window.period == "Y" else f"nd09.2026-{window.period}"

    found = period(code)

    assert (found.first_day, found.last_day) == (window.first, window.last)


@given(years, regimes)
def test_months_tile_the_year(year: int, regime: str) -> None:
    """A day in no month is never reported, a day in two is counted twice."""
    assert tile(periods_of_year(regime, "month", year), period(f"{regime}.{year}"))


@given(years, regimes)
def test_quarters_tile_the_year(year: int, regime: str) -> None:
    """Four quarterly reports must add up to the yearly one."""
    assert tile(periods_of_year(regime, "quarter", year), period(f"{regime}.{year}"))


@given(years, regimes, st.integers(1, 4))
def test_three_months_tile_their_quarter(year: int, regime: str, quarter: int) -> None:
    """Three monthly reports must add up to the quarterly one."""
    months = periods_of_year(regime, "month", year)[3 * quarter - 3 : 3 * quarter]

    assert tile(months, period(f"{regime}.{year}-Q{quarter}"))


@given(years, regimes)
def test_halves_and_nine_months_are_made_of_quarters(year: int, regime: str) -> None:
    """The interim reports of June and September are sums of quarters."""
    quarters = periods_of_year(regime, "quarter", year)

    assert tile(quarters[:2], period(f"{regime}.{year}-H1"))
    assert tile(quarters[2:], period(f"{regime}.{year}-H2"))
    assert tile(quarters[:3], period(f"{regime}.{year}-9M"))


@given(years, regimes)
def test_a_year_begins_where_the_year_before_ends(year: int, regime: str) -> None:
    """Nothing is lost between two yearly reports."""
    assert period(f"{regime}.{year}").closes_at == period(f"{regime}.{year + 1}").opens_at


@given(years, regimes)
def test_first_half_lies_within_nine_months_within_the_year(year: int, regime: str) -> None:
    """Windows nest, so an interim figure never exceeds the yearly one for the same facts."""
    half, nine, whole = (period(f"{regime}.{year}{label}") for label in ("-H1", "-9M", ""))

    assert contains(nine, half)
    assert contains(whole, nine)
    assert not contains(half, nine)


def test_windows_of_two_regimes_do_not_contain_one_another() -> None:
    """January by the calendar lies inside a decree year, yet its figures are another regime's."""
    assert not contains(period("nd09.2026"), period("cal.2026-M01"))


@given(st.text())
def test_any_text_parses_to_a_period_or_none(text: str) -> None:
    """Period codes come from outside; a strange one is a finding and never a crash."""
    found = parse_period(text)

    assert found is None or found.code == text


@pytest.mark.parametrize(
    "code",
    [
        "nd09.2026-M13",
        "nd09.2026-M1",
        "nd09.2026-Q5",
        "nd09.2026-",
        "nd09.1999",
        "cal.2023\n",
        "cal.٢٠٢٣",
        "ND09.2026",
        "tt01.2026",
    ],
)
def test_a_code_that_names_no_period_is_refused(code: str) -> None:
    """Two spellings of one period would be two slots, and the report would count twice."""
    assert parse_period(code) is None


@given(years, regimes, st.sampled_from(KINDS))
def test_every_period_parses_back_from_its_code(year: int, regime: str, kind: str) -> None:
    """The code is the identity of a period on the wire and in the database."""
    periods = periods_of_year(regime, kind, year)

    assert [parse_period(one.code) for one in periods] == list(periods)


@given(regimes, st.sampled_from(["month", "quarter", "half", "year"]), days)
def test_every_day_lies_in_one_period_of_a_kind(regime: str, kind: str, day: date) -> None:
    """Reminders start from today; there must be a period to speak of."""
    found = period_containing(regime, kind, day)

    assert found.kind == kind
    assert found.first_day <= day <= found.last_day


def test_a_day_after_the_ninth_month_lies_in_no_nine_month_period() -> None:
    """9M has no counterpart for the rest of the year; saying so beats inventing one."""
    with pytest.raises(ValueError, match="no nine_months"):
        period_containing("nd09", "nine_months", date(2026, 10, 1))


@given(regimes, st.sampled_from(KINDS), days)
def test_the_latest_closed_period_is_closed_and_its_successor_is_not(
    regime: str, kind: str, day: date
) -> None:
    """A report is asked for once its window has closed, and for the newest such window."""
    found = latest_closed(regime, kind, day)

    following = [p for p in periods_of_year(regime, kind, found.year) if p > found]
    following += periods_of_year(regime, kind, found.year + 1)
    assert found.last_day < day <= following[0].last_day


def test_periods_between_two_months_cross_the_year() -> None:
    """A season of reminders may run from November to February."""
    found = periods_between(period("nd09.2025-M11"), period("nd09.2026-M02"))

    assert [one.label for one in found] == ["M11", "M12", "M01", "M02"]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("nd09.2026-M01", "nd09.2026-Q2"),
        ("nd09.2026-M01", "cal.2026-M02"),
        ("cal.2026-M02", "cal.2026-M01"),
    ],
)
def test_periods_of_two_kinds_or_backwards_have_none_between(first: str, last: str) -> None:
    """Adding months to quarters would count the same days twice."""
    with pytest.raises(ValueError, match="do not span"):
        periods_between(period(first), period(last))


def test_a_window_closes_at_midnight_in_vietnam() -> None:
    """A report received at 00:30 on the 15th in Hà Nội is outside, though UTC says the 14th."""
    closes_at = period("nd09.2026-M11").closes_at

    assert closes_at == datetime(2026, 11, 14, 17, 0, tzinfo=UTC)


def test_periods_sort_by_their_first_day() -> None:
    """Lists for people run in time, whatever the labels spell."""
    codes = ["nd09.2026-Q2", "nd09.2026", "nd09.2026-M02", "nd09.2026-M01"]

    ordered = sorted(map(period, codes))

    assert [one.label for one in ordered] == ["M01", "", "M02", "Q2"]


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("nd09.2026-M11", "tháng 11 năm 2026"),
        ("nd09.2026-M02", "tháng 2 năm 2026"),
        ("nd09.2026-Q3", "quý III năm 2026"),
        ("nd09.2026-H1", "6 tháng đầu năm 2026"),
        ("nd09.2026-H2", "6 tháng cuối năm 2026"),
        ("nd09.2026-9M", "9 tháng năm 2026"),
        ("cal.2023", "năm 2023"),
    ],
)
def test_a_period_is_named_as_letters_name_it(code: str, label: str) -> None:
    """The name stands in the subject of every reminder."""
    assert label_vi(period(code)) == label
