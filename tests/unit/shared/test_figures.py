"""Figures on the wire and inside."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.figures import (
    UNITS_MAX,
    Qualifier,
    combine_qualifiers,
    rate_percent,
    to_decimal,
    to_units,
    to_wire,
)

units = st.integers(-UNITS_MAX, UNITS_MAX)
scales = st.sampled_from([0, 2])


@given(st.none() | units, scales)
def test_a_figure_comes_back_from_the_wire_unchanged(figure: int | None, scale: int) -> None:
    """Intake, aggregator and archive each convert; a rounding would change a total."""
    assert to_units(to_wire(figure, scale), scale) == figure


@given(scales)
def test_not_reported_never_becomes_zero(scale: int) -> None:
    """Absent means not known; 0 means none occurred. The two never merge."""
    assert to_units(None, scale) is None
    assert to_wire(None, scale) is None


@pytest.mark.parametrize(
    ("written", "hundredths"),
    [("89.58", 8958), ("89.5", 8950), ("90", 9000), (90, 9000), ("0", 0), ("-0.5", -50)],
)
def test_decimals_become_hundredths(written: str | int, hundredths: int) -> None:
    """Scores, areas and rates are added and compared without floating point."""
    assert to_units(written, 2) == hundredths


@pytest.mark.parametrize(
    "written",
    ["89,58", "1.635.000", "89.585", "", " 1", "1e3", "NaN", "٣", "+1", ".5", "5.", "1_0"],
)
def test_a_text_that_is_no_plain_decimal_is_refused(written: str) -> None:
    """A guess at separators turns 1.635 models into 1,635."""
    with pytest.raises(ValueError, match="not a decimal number"):
        to_units(written, 2)


@pytest.mark.parametrize("written", ["1635", "421.0"])
def test_a_count_written_as_text_is_refused(written: str) -> None:
    """A count is a JSON integer; two spellings would be two contents of one report."""
    with pytest.raises(ValueError, match="not a whole number"):
        to_units(written, 0)


@pytest.mark.parametrize("scale", [0, 2])
def test_true_is_not_a_figure(scale: int) -> None:
    """JSON true is an int to Python; it would be counted as 1."""
    with pytest.raises(ValueError, match="not a number"):
        to_units(True, scale)


@pytest.mark.parametrize(("figure", "scale"), [(UNITS_MAX + 1, 0), ("90071992547409.93", 2)])
def test_a_figure_beyond_exact_json_numbers_is_refused(figure: int | str, scale: int) -> None:
    """Beyond 2^53 other readers of our JSON would round it."""
    with pytest.raises(ValueError, match="exceeds"):
        to_units(figure, scale)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rate"),
    [
        pytest.param(1446, 1566, "92.3", id="ha-noi-2023"),
        pytest.param(1050, 1074, "97.8", id="hai-duong-2020-half-up"),
        pytest.param(118, 138, "85.5", id="dak-lak"),
        pytest.param(251, 963, "26.1", id="long-an-2023"),
        pytest.param(1, 2000, "0.1", id="a-half-goes-up"),
        pytest.param(0, 7, "0.0", id="none-of-some"),
    ],
)
def test_a_rate_is_rounded_half_up_to_one_decimal(
    numerator: int, denominator: int, rate: str
) -> None:
    """The articles print rates so; truncation would give 97.7 in Hải Dương."""
    assert rate_percent(numerator, denominator) == Decimal(rate)


def test_a_rate_of_nothing_does_not_exist() -> None:
    """Nothing to resolve is neither 0% nor 100%."""
    assert rate_percent(0, 0) is None


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["exact", "at_least"], "at_least"),
        (["about", "at_least"], "about"),
        (["exact", "at_most"], "at_most"),
        (["at_most", "at_least"], "about"),
        (["at_most", "about", "exact"], "about"),
        (["exact", "about"], "about"),
        (["exact", "exact"], "exact"),
        ([], "exact"),
    ],
)
def test_the_qualifier_of_a_sum_is_that_of_its_weakest_part(parts: list[str], whole: str) -> None:
    """Khoảng 193.000 and hơn 100 may be less than 193.100; hơn 5 and 3 are more than 8."""
    assert combine_qualifiers(map(Qualifier, parts)) == Qualifier(whole)


def test_units_as_decimal_keep_their_decimals() -> None:
    """419,7 ha of donated land is 4197000.00 m² and prints from here."""
    assert str(to_decimal(419_700_000, 2)) == "4197000.00"
