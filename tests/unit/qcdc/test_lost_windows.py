"""What an operator is told before a regime is published with fewer windows than it had."""

from datetime import date

from shared.reference.regimes import Regimes
from tests.builders.regimes import HA_NOI, contents_with, ha_noi_reference, reference_with
from tools.qcdc.checks import warnings_of

TODAY = date(2024, 3, 1)


def test_a_window_that_has_begun_is_not_lost_without_a_word() -> None:
    """Reports for it may have been counted; nobody could correct them any more."""
    before = ha_noi_reference().regimes
    ended = {**HA_NOI, "yearly": [{**HA_NOI["yearly"][0], "valid_to": "2023-12-31"}]}  # type: ignore[index]

    said = list(warnings_of(contents_with([ended]), reference_with(ended), TODAY, before))

    halves = [it for it in said if "sáu tháng đầu năm báo cáo" in it]
    assert len(halves) == 24  # of 2001 to 2024
    years = [it for it in said if "(năm báo cáo" in it]
    (said_of_2024,) = years
    assert said_of_2024.startswith("regime hanoi loses hanoi.20231116-20241115 (năm báo cáo 2024)")


def test_a_new_regime_and_the_same_again_are_no_loss() -> None:
    """Windows may be added at any time."""
    contents, reference = contents_with([HA_NOI]), ha_noi_reference()

    for before in (Regimes(), reference.regimes):
        assert list(warnings_of(contents, reference, TODAY, before)) == []
