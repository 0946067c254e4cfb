"""What a question without periods means where only a committee's windows were reported."""

from hypothesis import given
from hypothesis import strategies as st

from services.aggregator.domain.ranges import reported_range
from shared.reference.periods import Period, parse_period
from tests.builders.regimes import HALF_2023, STAGE_2020, STAGE_2023, YEAR_2022, YEAR_2023

WINDOWS = (STAGE_2020, STAGE_2023, YEAR_2022, YEAR_2023, HALF_2023)


def periods(*codes: str) -> list[Period]:
    """Return the periods of some codes."""
    return [it for it in map(parse_period, codes) if it is not None]


def test_calendar_years_go_before_windows() -> None:
    """A window beside them tells of the same figures."""
    found = reported_range(periods(STAGE_2023, "cal.2022", YEAR_2023))

    assert [it.code for it in found] == ["cal.2022"]


def test_of_windows_alone_the_one_that_ends_last_is_meant() -> None:
    """Of two that end together the longer one: it is what the committee sums up."""
    later = "hanoi.20221231-20231231"

    assert [it.code for it in reported_range(periods(*WINDOWS, later))] == [STAGE_2023]
    assert [it.code for it in reported_range(periods(YEAR_2022, HALF_2023))] == [HALF_2023]


@given(st.lists(st.sampled_from(WINDOWS), min_size=1, unique=True))
def test_two_windows_are_never_added_unasked(codes: list[str]) -> None:
    """They may overlap."""
    assert len(reported_range(periods(*codes))) == 1
