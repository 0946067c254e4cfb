"""Units of measure: exact conversions, or a refusal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.measures import ENTRY_UNITS, convert, express, units_for
from shared.reference.figures import UNITS_MAX
from shared.reference.indicators import Indicator, Measure
from shared.reference.reference_data import ReferenceData
from tests.articles import read


@pytest.fixture(name="land")
def land_of(reference: ReferenceData) -> Indicator:
    """Return an indicator in square metres."""
    return reference.catalogue.indicators["land_donated_m2"]


@pytest.fixture(name="money")
def money_of(reference: ReferenceData) -> Indicator:
    """Return an indicator in đồng."""
    return reference.catalogue.indicators["contributions_vnd"]


def test_hectares_of_ninh_binh_2014_are_square_metres(land: Indicator) -> None:
    """419,7 ha = 4.197.000 m², and a hundredth of a square metre is the smallest unit."""
    (case,) = [
        row for row in read("extra_scenarios", list[dict[str, object]]) if "2014" in str(row["id"])
    ]
    reference = case["facts"]
    assert isinstance(reference, dict)

    assert convert(reference["land_donated_ha"], "ha", land) == 4_197_000_00


@pytest.mark.parametrize(
    ("value", "unit", "square_metres"),
    [
        ("1234.56", "m2", "1234.56"),
        (3, "ha", "30000"),
        ("0.000001", "ha", "0.01"),
        ("1.5", "km2", "1500000"),
        ("0.00000001", "km2", "0.01"),
        ("-2", "ha", "-20000"),
    ],
)
def test_areas_become_square_metres(
    land: Indicator, value: int | str, unit: str, square_metres: str
) -> None:
    """Sources give hectares; ours are square metres with two decimals."""
    assert convert(value, unit, land) == int(Decimal(square_metres) * 100)


@pytest.mark.parametrize(
    ("value", "unit", "dong"),
    [
        (1, "dong", 1),
        ("2.5", "nghin_dong", 2_500),
        ("1.5", "trieu_dong", 1_500_000),
        ("12.345678901", "ty_dong", 12_345_678_901),
        (9_007_199, "ty_dong", 9_007_199_000_000_000),
    ],
)
def test_money_becomes_whole_dong(money: Indicator, value: int | str, unit: str, dong: int) -> None:
    """Letters speak of millions and billions; sums are exact only in đồng."""
    assert convert(value, unit, money) == dong


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        ("0.0000001", "ha", "not a whole number of the smallest unit"),
        ("0.001", "m2", "not a whole number of the smallest unit"),
        (1, "trieu_dong", "not entered in"),
        (1, "acre", "not entered in"),
        ("1,5", "ha", "not a decimal number"),
        ("1e3", "ha", "not a decimal number"),
        ("", "ha", "not a decimal number"),
        ("1.0123456789", "ha", "at most nine decimals"),
        (True, "ha", "not a decimal number"),
        (90_071_993, "km2", r"exceeds 2\^53"),
    ],
)
def test_what_does_not_convert_exactly_is_refused(
    land: Indicator, value: int | str, unit: str, message: str
) -> None:
    """A rounded figure is another figure than the one that was signed."""
    with pytest.raises(ValueError, match=message):
        convert(value, unit, land)


def test_half_a_dong_is_refused(money: Indicator) -> None:
    """There is none."""
    with pytest.raises(ValueError, match="smallest unit"):
        convert("0.0005", "nghin_dong", money)


def test_counts_and_scores_are_entered_as_they_are(reference: ReferenceData) -> None:
    """Only land and money are written in several units."""
    indicators = reference.catalogue.indicators

    assert units_for(indicators["land_donated_m2"]) == ("m2", "ha", "km2")
    assert units_for(indicators["contributions_vnd"]) == (
        "dong",
        "nghin_dong",
        "trieu_dong",
        "ty_dong",
    )
    assert units_for(indicators["dialogues_held"]) == units_for(indicators["sipas_score"]) == ()


@given(st.integers(-UNITS_MAX, UNITS_MAX), st.sampled_from(sorted(ENTRY_UNITS)))
def test_the_smallest_unit_comes_back_exactly(
    reference: ReferenceData, units: int, unit: str
) -> None:
    """Showing a figure in another unit must not change it."""
    area = ENTRY_UNITS[unit].measure is Measure.AREA
    code = "land_donated_m2" if area else "contributions_vnd"
    indicator = reference.catalogue.indicators[code]

    assert convert(format(express(units, unit, indicator), "f"), unit, indicator) == units


@given(st.integers(0, 10**6), st.sampled_from(sorted(ENTRY_UNITS)))
def test_every_unit_comes_back_exactly(reference: ReferenceData, value: int, unit: str) -> None:
    """What people entered is kept and shown again."""
    measure = ENTRY_UNITS[unit].measure
    of_measure = (it for it in reference.catalogue.indicators.values() if it.measure is measure)
    indicator = next(of_measure)

    assert express(convert(value, unit, indicator), unit, indicator) == value


def test_a_unit_of_another_measure_shows_nothing(land: Indicator) -> None:
    """Đồng are no measure of land."""
    with pytest.raises(ValueError, match="not entered in 'dong'"):
        express(1, "dong", land)
