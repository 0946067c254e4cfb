"""Apportioning: whatever is spread is all there again, and fairly so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.demo.apportion import Place, apportion, by_size, even, sample

PLACES = st.tuples(
    st.text("AB1", min_size=1, max_size=3), st.sampled_from(["cal.2022", "cal.2023"])
)
WEIGHTS = st.dictionaries(PLACES, st.integers(0, 500), min_size=1, max_size=40).filter(
    lambda weights: sum(weights.values()) > 0
)
TOTALS = st.integers(0, 100_000)


@given(TOTALS, WEIGHTS)
def test_parts_sum_to_the_total(total: int, weights: dict[Place, int]) -> None:
    """The articles' figures come out to the last unit."""
    assert sum(apportion(total, weights).values()) == total


@given(TOTALS, WEIGHTS)
def test_a_part_is_its_share_rounded_down_or_up(total: int, weights: dict[Place, int]) -> None:
    """Nobody gets one more because of somebody else's remainder."""
    whole = sum(weights.values())

    parts = apportion(total, weights)

    assert all(
        total * weight // whole <= parts[place] <= -(-total * weight // whole)
        for place, weight in weights.items()
    )


@given(WEIGHTS, st.data())
def test_what_is_weighed_by_a_larger_figure_never_exceeds_it(
    detected: dict[Place, int], data: st.DataObject
) -> None:
    """Cases resolved stay within those detected in every unit, so every report is valid."""
    resolved = data.draw(st.integers(0, sum(detected.values())))

    parts = apportion(resolved, detected)

    assert all(part <= detected[place] for place, part in parts.items())


@given(TOTALS, WEIGHTS)
def test_the_order_of_the_places_does_not_matter(total: int, weights: dict[Place, int]) -> None:
    """The same demo every time, whatever a dictionary's order."""
    backwards = dict(reversed(weights.items()))

    assert apportion(total, backwards) == apportion(total, weights)


def test_ties_go_to_the_first_key() -> None:
    """golden.yaml, conventions.apportion: tie_break unit_code_ascending."""
    places = [("C", "cal.2023"), ("A", "cal.2023"), ("B", "cal.2023")]

    parts = apportion(5, even(places))

    assert parts == {places[0]: 1, places[1]: 2, places[2]: 2}


def test_sizes_differ_by_unit_and_not_by_period() -> None:
    """A large commune is large in every year."""
    sizes = by_size([(unit, year) for unit in "ABCDEF" for year in ("cal.2022", "cal.2023")])

    assert len(set(sizes.values())) > 1
    assert all(sizes[unit, "cal.2022"] == sizes[unit, "cal.2023"] for unit in "ABCDEF")


def test_samples_stay_the_same_for_ever() -> None:
    """A figure on a screenshot of the demo can be found again."""
    assert [sample(text, 1000) for text in ("FX-01.1-0001", "37.2", "")] == [269, 605, 610]


@pytest.mark.parametrize(
    ("total", "weights"),
    [(-1, {("A", "cal.2023"): 1}), (1, {("A", "cal.2023"): 0}), (1, {("A", "cal.2023"): -1})],
)
def test_what_cannot_be_spread_is_refused(total: int, weights: dict[Place, int]) -> None:
    """A negative total, or nobody to give it to."""
    with pytest.raises(ValueError, match=r"not negative|cannot be spread"):
        apportion(total, weights)
