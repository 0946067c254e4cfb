"""Regimes of committees: windows of any length, what they are called, what follows what."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.contracts.values import PeriodCode
from shared.reference.errors import FactError
from shared.reference.forms import FormVersion
from shared.reference.periods import Period, label_vi, parse_period, window
from shared.reference.reference_data import ReferenceData
from shared.reference.regime_rows import build_regimes
from shared.reference.regimes import Regimes
from tests.builders.regimes import (
    HA_NOI,
    HALF_2023,
    STAGE_2020,
    STAGE_2023,
    YEAR_2022,
    YEAR_2023,
    Row,
)

WIRE: TypeAdapter[str] = TypeAdapter(PeriodCode)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.fixture(scope="module")
def regimes() -> Regimes:
    """Return the regime of Hà Nội."""
    return build_regimes([HA_NOI])


def period(code: str) -> Period:
    """Return the period of a code that has one."""
    found = parse_period(code)
    assert found is not None
    return found


def codes(periods: tuple[Period, ...]) -> list[str]:
    """Return the codes of periods."""
    return [it.code for it in periods]


@given(st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True), days, days)
def test_a_window_is_read_back_from_its_code(regime: str, one: date, other: date) -> None:
    """Services that have never heard of the regime know its days, and the wire carries them."""
    first, last = sorted((one, other))
    its = window(regime, first, last)

    read = parse_period(its.code)

    assert read == (None if regime in {"nd09", "cal"} else its)
    assert WIRE.validate_python(its.code) == its.code


@pytest.mark.parametrize(
    "code",
    [
        "hanoi.20210101-20201231",
        "hanoi.20210230-20211231",
        "hanoi.20210101",
        "hanoi.2021",
        "cal.20210101-20211231",
        "nd09.20210101-20211231",
        "hanoi.19991231-20211231",
        "HN.20210101-20211231",
        "hanoi.20210101-20211231-M01",
    ],
)
def test_what_is_no_window_is_no_period(code: str) -> None:
    """Days that run backwards, or that no calendar has, and years that the two presets cut."""
    assert parse_period(code) is None


def test_a_window_that_no_regime_names_is_called_by_its_days() -> None:
    """An officer reads days, never a code."""
    named = label_vi(period("hanoi.20210101-20231212"))

    assert named == "từ ngày 01/01/2021 đến hết ngày 12/12/2023"


def test_windows_have_the_names_that_the_committee_gave_them(regimes: Regimes) -> None:
    """The directory's name goes before ours; the presets keep theirs."""
    shown = {code: regimes.label_vi(period(code)) for code in (STAGE_2023, YEAR_2023, HALF_2023)}

    assert shown == {
        STAGE_2023: "giai đoạn 2021–2023",
        YEAR_2023: "năm báo cáo 2023",
        HALF_2023: "sáu tháng đầu năm báo cáo 2023",
    }
    assert regimes.label_vi(period("cal.2023-H1")) == "6 tháng đầu năm 2023"
    assert regimes.label_vi(period("hanoi.20210101-20231212")).startswith("từ ngày 01/01/2021")


def test_a_yearly_window_may_begin_in_the_year_before(regimes: Regimes) -> None:
    """From 16/11 of the year before to 15/11: named by the year in which it ends."""
    found = regimes.find(YEAR_2023)

    assert found is not None
    assert (found.first_day, found.last_day) == (date(2022, 11, 16), date(2023, 11, 15))
    assert (found.year, found.kind, found.label) == (2023, "window", "")


def test_only_listed_windows_are_known(regimes: Regimes) -> None:
    """A day off by one is a slip, not another window."""
    unknown = ["hanoi.20210101-20231212", "hue.20210101-20231231", "hanoi.20221115-20231115"]

    assert all(regimes.find(code) is None for code in unknown)
    assert regimes.find("nd09.2026-M11") == period("nd09.2026-M11")


def test_neighbours_are_windows_of_the_same_rule_first(regimes: Regimes) -> None:
    """What a year closes with, the next one opens with; so do stages."""
    assert codes(regimes.preceding(period(YEAR_2023))) == [YEAR_2022]
    assert codes(regimes.following(period(YEAR_2022)))[0] == YEAR_2023
    assert HALF_2023 in codes(regimes.following(period(YEAR_2022)))
    assert codes(regimes.preceding(period(HALF_2023))) == [YEAR_2022]
    assert codes(regimes.preceding(period(STAGE_2023))) == [STAGE_2020]
    assert codes(regimes.following(period(STAGE_2020))) == [STAGE_2023]
    assert regimes.following(period(STAGE_2023)) == ()


def test_the_year_before_is_one_of_the_same_rule_and_a_stage_has_none(regimes: Regimes) -> None:
    """Three years are not held against three years of which nobody knows."""
    before = regimes.a_year_before(period(YEAR_2023))

    assert before is not None
    assert before.code == YEAR_2022
    assert regimes.a_year_before(period(STAGE_2023)) is None
    of_calendar = regimes.a_year_before(period("cal.2023-Q1"))
    assert of_calendar == period("cal.2022-Q1")
    assert regimes.a_year_before(period("cal.2000")) is None


def test_only_windows_of_one_yearly_rule_make_a_range(regimes: Regimes) -> None:
    """The year and its first half overlap, and so do a stage and its years."""
    assert codes(regimes.between(period(YEAR_2022), period(YEAR_2023))) == [YEAR_2022, YEAR_2023]
    assert codes(regimes.between(period(STAGE_2023), period(STAGE_2023))) == [STAGE_2023]
    for first, last in (
        (YEAR_2022, HALF_2023),
        (STAGE_2020, STAGE_2023),
        (YEAR_2023, YEAR_2022),
        (YEAR_2022, "cal.2023"),
        ("cal.2022", YEAR_2023),
    ):
        with pytest.raises(ValueError, match=r"not|span"):
            regimes.between(period(first), period(last))


def test_periods_are_compared_with_their_like(regimes: Regimes) -> None:
    """A year with a year, a stage with one as long before it; never with what it overlaps."""
    alike = [(YEAR_2023, YEAR_2022), (STAGE_2023, STAGE_2020), ("cal.2023", "cal.2021")]
    unlike = [
        (YEAR_2022, YEAR_2023),
        (YEAR_2023, HALF_2023),
        (STAGE_2023, YEAR_2022),
        (YEAR_2023, STAGE_2020),
        (YEAR_2023, "cal.2021"),
        ("cal.2023", "cal.2021-H1"),
    ]

    assert all(regimes.comparable(period(one), period(before)) for one, before in alike)
    assert not any(regimes.comparable(period(one), period(before)) for one, before in unlike)


@given(st.integers(2002, 2098), st.integers(0, 20))
def test_windows_of_a_range_never_overlap(first_year: int, years: int) -> None:
    """Else a range would count what happened once twice."""
    regimes = build_regimes([HA_NOI])
    (regime,) = regimes
    rule = regime.yearly[0]
    last_year = min(first_year + years, 2099)

    found = regimes.between(rule.of_year("hanoi", first_year), rule.of_year("hanoi", last_year))

    assert len(found) == last_year - first_year + 1
    assert all(
        one.last_day + timedelta(days=1) == other.first_day for one, other in pairwise(found)
    )


def test_windows_that_hold_a_day_stand_beside_those_of_the_presets(regimes: Regimes) -> None:
    """A handover on that day may open any of them."""
    held = codes(regimes.holding(date(2023, 1, 1)))

    assert {YEAR_2023, HALF_2023, STAGE_2023, "cal.2023", "nd09.2023-M01"} <= set(held)
    assert STAGE_2020 not in held
    assert len(held) == len(set(held))


def test_a_form_for_years_takes_windows_unless_the_regime_names_forms(
    reference: ReferenceData, regimes: Regimes
) -> None:
    """A chuyên đề asks for one form."""
    topic = build_regimes([{**HA_NOI, "forms": ["F04"]}])
    forms: Mapping[str, FormVersion] = {it.code: it for it in reference.catalogue.forms}
    its = period(STAGE_2023)

    assert all(regimes.takes(form, its) for form in forms.values())
    assert {code for code, form in forms.items() if topic.takes(form, its)} == {"F04"}
    assert not regimes.takes(forms["F04"], period("hanoi.20210101-20231212"))
    assert topic.takes(forms["F05"], period("cal.2023"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"yearly": [], "stages": []}, "has no windows"),
        ({"stages": [{"first": "2023-01-01", "last": "2021-12-31", "label": "x"}]}, "is before"),
        ({"stages": [{"first": "2023-01-01", "last": "2123-12-31", "label": "x"}]}, "years 2001"),
        ({"yearly": [{"first": "16/11", "last": "11-15", "label": "{year}"}]}, "month first"),
        ({"yearly": [{"first": "02-29", "last": "11-15", "label": "{year}"}]}, "month first"),
        ({"yearly": [{"first": "11-16", "last": "11-15", "label": "năm"}]}, "must hold {year}"),
        ({"stages": [HA_NOI["stages"][0], HA_NOI["stages"][0]]}, "twice"),  # type: ignore[index]
        (
            {
                "stages": [
                    {"first": "2021-01-01", "last": "2021-12-31", "label": "giai đoạn"},
                    {"first": "2022-01-01", "last": "2022-12-31", "label": "giai đoạn"},
                ]
            },
            "calls two windows",
        ),
        ({"obligatory": "yes"}, "true or false"),
        ({"label_vi": None}, "label_vi"),
        ({"aera": "01.1"}, "did you mean area"),
    ],
)
def test_an_unusable_regime_is_named(change: Row, message: str) -> None:
    """An operator reads what to mend, before anything is published."""
    with pytest.raises(FactError, match=message):
        build_regimes([{**HA_NOI, **change}])


def test_the_presets_cut_years_for_everybody() -> None:
    """Nobody can give the decree an area; only its deadlines are told."""
    with pytest.raises(FactError, match="nd09 cuts the year for everybody"):
        build_regimes([{"code": "nd09", "rules": [], "area": "01.1"}])
    with pytest.raises(FactError, match="is there twice"):
        build_regimes([HA_NOI, HA_NOI])
