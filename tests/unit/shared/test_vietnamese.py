"""Vietnamese text, held against how articles and letters write it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference import vietnamese
from shared.reference.figures import Qualifier
from tests.articles import read

CASES = read("formatting", list[dict[str, object]])


def written(case: Mapping[str, object]) -> str:
    """Return how we write the value of a golden case."""
    if "rank" in case:
        return vietnamese.rank(int(str(case["rank"])), int(str(case["out_of"])))
    value = Decimal(str(case["value"]))
    kind = case.get("kind")
    if kind == "rate":
        return vietnamese.rate(value)
    if kind == "score":
        return vietnamese.points(value)
    if kind == "count_in_letter":
        return vietnamese.count_in_letter(int(value))
    return vietnamese.qualified(int(value), Qualifier(str(case.get("qualifier", "exact"))))


@pytest.mark.parametrize("case", [case for case in CASES if "vi" in case], ids=lambda c: c["vi"])
def test_numbers_are_written_as_the_articles_write_them(case: Mapping[str, object]) -> None:
    """A reader compares our totals with the printed ones character by character."""
    assert written(case) == case["vi"]


DATES = [case for case in CASES if "date" in case]


@pytest.mark.parametrize("case", DATES, ids=lambda c: c["short"])
def test_short_dates_give_a_zero_to_days_and_to_months_1_and_2(case: Mapping[str, object]) -> None:
    """Decree 30/2020: 06/4/2020 but 05/02/2024, so that 2 cannot be made into 12."""
    day = case["date"]
    assert isinstance(day, date)

    assert vietnamese.date_short(day) == case["short"]


@pytest.mark.parametrize("case", DATES, ids=lambda c: c["long"])
def test_long_dates_follow_the_same_rule(case: Mapping[str, object]) -> None:
    """The place-and-date line of every letter."""
    day = case["date"]
    assert isinstance(day, date)

    assert vietnamese.date_long(day) == case["long"]


def test_an_approximate_number_says_so() -> None:
    """Ninh Bình 2014 reported about 193.000 work-days; printing it bare would be a claim."""
    assert vietnamese.qualified(193_000, Qualifier.ABOUT) == "khoảng 193.000"
    assert vietnamese.with_qualifier("98,0%", Qualifier.AT_MOST) == "gần 98,0%"


@pytest.mark.parametrize(("number", "text"), [(9, "09"), (10, "10"), (0, "00"), (1635, "1.635")])
def test_counts_in_letters_take_two_digits(number: int, text: str) -> None:
    """05 đơn vị: letters guard small numbers against a digit written in front."""
    assert vietnamese.count_in_letter(number) == text


def test_a_half_percent_is_rounded_up() -> None:
    """Babel alone rounds half to even and would print 92,4%."""
    assert vietnamese.rate(Decimal("92.45")) == "92,5%"


def test_areas_drop_empty_decimals() -> None:
    """419,7 ha is shown as whole square metres."""
    assert vietnamese.area("4197000.00") == "4.197.000"


@pytest.mark.parametrize(
    ("square_metres", "text"),
    [
        ("4197000.00", "419,7 ha"),
        ("10001", "1,0001 ha"),
        ("12345.67", "12.345,67 m²"),
        ("9999", "9.999 m²"),
        ("850.50", "850,5 m²"),
        ("0", "0 m²"),
        ("-20000", "-2 ha"),
    ],
)
def test_land_reads_in_hectares_where_nothing_is_rounded(square_metres: str, text: str) -> None:
    """Ninh Bình 2014 printed 419,7 ha; a rounded total could not be added up again."""
    assert vietnamese.land(square_metres) == text


@pytest.mark.parametrize(
    ("dong", "text"),
    [
        (1_500_000_000, "1,5 tỷ đồng"),
        (2_350_000_000_000, "2.350 tỷ đồng"),
        (1_234_567_000, "1.234,567 triệu đồng"),
        (20_000_000, "20 triệu đồng"),
        (1_234_567_890, "1.234.567.890 đồng"),
        (999_000, "999.000 đồng"),
        (0, "0 đồng"),
        (-1_500_000, "-1,5 triệu đồng"),
    ],
)
def test_money_reads_in_millions_and_billions_where_nothing_is_rounded(
    dong: int, text: str
) -> None:
    """Letters speak of triệu and tỷ; a column of them must still add up."""
    assert vietnamese.money(dong) == text


@given(st.integers(-(2**53), 2**53))
def test_money_is_never_rounded(dong: int) -> None:
    """Whatever unit is chosen, the amount can be read back."""
    number, _, unit = vietnamese.money(dong).partition(" ")
    worth = {"tỷ đồng": 10**9, "triệu đồng": 10**6, "đồng": 1}[unit]

    assert Decimal(number.replace(".", "").replace(",", ".")) * worth == dong


def test_a_rank_without_a_known_number_stands_alone() -> None:
    """PAPI publishes ranks for some provinces only; we do not invent what they are out of."""
    assert vietnamese.rank(3, None) == "3"


def test_names_sort_by_the_vietnamese_alphabet() -> None:
    """Đ comes after D and Ă after A; by code point Đ would end up behind Z."""
    names = ["Xã Đông Sơn", "Xã An Hòa", "Xã Ea Sol", "Xã Ăn Lâu", "Xã Dũng Tiến", "Xã Yên Mô"]

    ordered = sorted(names, key=vietnamese.name_key)

    assert [name.split()[1] for name in ordered] == ["An", "Ăn", "Dũng", "Đông", "Ea", "Yên"]


def test_names_that_differ_by_tone_sort_by_tone() -> None:
    """Dictionaries order ngang, huyền, hỏi, ngã, sắc, nặng after equal letters."""
    names = ["mạ", "má", "mã", "mả", "mà", "ma"]

    assert sorted(names, key=vietnamese.name_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hòa Bình", "Hoà Bình"), ("Thủy Nguyên", "Thuỷ Nguyên"), ("XÃ ÚY", "xã uý")],
)
def test_both_placements_of_a_tone_are_one_name(one: str, other: str) -> None:
    """Sources of unit names differ by nothing else; matching by bytes would miss them."""
    assert vietnamese.name_key(one) == vietnamese.name_key(other)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1635, "1.635"),
        (-1_234_567, "-1.234.567"),
        (Decimal("92.30"), "92,3"),
        (Decimal("1E+3"), "1.000"),
        (Decimal("419.000000001"), "419,000000001"),
    ],
)
def test_a_number_keeps_every_decimal_that_says_something(value: int | Decimal, text: str) -> None:
    """A finding repeats the figure that was sent; a rounded one would look like another figure."""
    assert vietnamese.number(value) == text
