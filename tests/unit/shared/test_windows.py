"""Windows of every year and regime: they tile, nest and adjoin; what comes before and after."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from shared.reference.periods import (
    KINDS,
    REGIMES,
    VIETNAM,
    Period,
    a_year_before,
    contains,
    following,
    parse_period,
    periods_of_year,
    preceding,
)
from tests.builders.periods import period

YEARS = range(2018, 2031)
EVERY = [
    period
    for regime in REGIMES
    for year in YEARS
    for kind in KINDS
    for period in periods_of_year(regime, kind, year)
]


def tile(parts: tuple[Period, ...], whole: Period) -> bool:
    """Tell whether the parts follow one another without gap and make up the whole."""
    meet = all(one.closes_at == other.opens_at for one, other in pairwise(parts))
    return meet and (parts[0].opens_at, parts[-1].closes_at) == (whole.opens_at, whole.closes_at)


def inside(whole: Period, kind: str) -> tuple[Period, ...]:
    """Return the periods of a kind that lie within another."""
    candidates = periods_of_year(whole.regime, kind, whole.year)
    return tuple(it for it in candidates if contains(whole, it))


def test_every_window_is_tiled_by_all_smaller_kinds() -> None:
    """Months tile quarters tile halves tile the year, and nine months are three quarters."""
    smaller = {
        "quarter": {"month": 3},
        "half": {"month": 6, "quarter": 2},
        "nine_months": {"month": 9, "quarter": 3, "half": 1},
        "year": {"month": 12, "quarter": 4, "half": 2, "nine_months": 1},
    }

    for whole in EVERY:
        for kind, number in smaller.get(whole.kind, {}).items():
            parts = inside(whole, kind)
            assert len(parts) == number, (whole.code, kind)
            leaves_a_rest = (whole.kind, kind) == ("nine_months", "half") or kind == "nine_months"
            assert tile(parts, whole) is not leaves_a_rest, (whole.code, kind)


def test_windows_of_one_kind_adjoin_from_year_to_year() -> None:
    """Between two reports no day is lost and none is counted twice."""
    for regime in REGIMES:
        for kind in set(KINDS) - {"nine_months"}:
            run = [it for year in YEARS for it in periods_of_year(regime, kind, year)]
            assert all(one.closes_at == other.opens_at for one, other in pairwise(run))


def test_a_window_is_half_open_and_whole_days_in_vietnam() -> None:
    """The instant at which one window ends belongs to the next one and to it alone."""
    for its in EVERY:
        for instant, day in (
            (its.opens_at, its.first_day),
            (its.closes_at, its.last_day + timedelta(days=1)),
        ):
            assert instant.tzinfo is VIETNAM
            assert instant.utcoffset() == timedelta(hours=7)
            assert instant == datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(
                hours=7
            )
        assert its.opens_at < its.closes_at


def test_the_decree_closes_on_the_14th_and_the_calendar_on_the_last_day() -> None:
    """Decree 09/2019 Art. 12; a closing day of the other regime moves fourteen days of figures."""
    for its in EVERY:
        after = its.last_day + timedelta(days=1)
        assert (its.first_day.day, after.day) == ((15, 15) if its.regime == "nd09" else (1, 1))


@pytest.mark.parametrize(
    ("code", "before"),
    [
        ("nd09.2026-Q3", ["Q2", "H1", "M06"]),
        ("nd09.2026-M07", ["M06", "H1", "Q2"]),
        ("nd09.2026", ["", "H2", "Q4", "M12"]),
        ("nd09.2026-9M", ["", "H2", "Q4", "M12"]),
        ("cal.2026-Q4", ["Q3", "9M", "M09"]),
        ("nd09.2026-M02", ["M01"]),
    ],
)
def test_what_precedes_ends_the_day_before_and_its_own_kind_comes_first(
    code: str, before: list[str]
) -> None:
    """The closing figures of any of them are the opening figures of the period."""
    assert [it.label for it in preceding(period(code))] == before


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("nd09.2026-Q2", ["Q3", "H2", "M07"]),
        ("nd09.2026-9M", ["M10", "Q4"]),
        ("nd09.2025", ["", "9M", "H1", "Q1", "M01"]),
        ("cal.2025-M12", ["M01", "9M", "H1", "Q1", ""]),
    ],
)
def test_what_follows_begins_the_day_after_and_its_own_kind_comes_first(
    code: str, after: list[str]
) -> None:
    """A correction of a period has to be held against each of them."""
    found = following(period(code))

    assert found[0].label == after[0]
    assert {it.label for it in found} == set(after)
    assert len(found) == len(after)


def test_before_and_after_are_two_sides_of_one_relation() -> None:
    """Whoever is checked against me, against them am I checked."""
    for its in EVERY:
        assert all(its in following(other) for other in preceding(its))
        assert all(its in preceding(other) for other in following(its))
        assert all(other.closes_at == its.opens_at for other in preceding(its))
        assert preceding(its)
        assert {other.regime for other in (*preceding(its), *following(its))} == {its.regime}


def test_a_year_before_is_the_same_window_of_the_year_before() -> None:
    """Same label, same regime: the comparison that tables print as "cùng kỳ"."""
    for its in EVERY:
        before = a_year_before(its)
        assert (before.label, before.regime, before.year) == (its.label, its.regime, its.year - 1)
        assert before == parse_period(before.code)


def test_the_first_year_has_none_before() -> None:
    """Codes begin with 2000; a code of 1999 could not be read back."""
    assert preceding(period("nd09.2000-M01")) == ()
    assert following(period("cal.2099")) == ()
    with pytest.raises(ValueError, match=r"no period a year before cal\.2000"):
        a_year_before(period("cal.2000"))


def test_first_and_last_days_of_the_first_quarter_of_2026() -> None:
    """The anchor for all of the above: 15/12/2025 to 14/3/2026."""
    first = period("nd09.2026-Q1")

    assert (first.first_day, first.last_day) == (date(2025, 12, 15), date(2026, 3, 14))
