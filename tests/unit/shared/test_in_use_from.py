"""Who enters the reports of past years after the fact is neither in time nor late."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from shared.directory.contents import DirectoryContents, contents_of, entities_of
from shared.reference.committees import Committee, Demand, build_committees
from shared.reference.deadlines import Due
from shared.reference.errors import FactError
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period

FIRST_DAY = date(2026, 11, 1)
MIDNIGHT = datetime(2026, 11, 1, tzinfo=VIETNAM)
OLD, NEW = "14464.1", "14464.2"
"""A commune of Ninh Bình before the reform of 1 July 2025, and one of today."""


def in_use(reference: ReferenceData, **first_days: date) -> ReferenceData:
    """Return the reference data with committees that use the system since some day, by area."""
    committees = (
        Committee(area, "Ban Chỉ đạo", area, (), "party", (), (), in_use_from=day)
        for area, day in first_days.items()
    )
    return replace(reference, committees=tuple(committees))


def due(reference: ReferenceData, unit: str, code: str) -> Due:
    """Return when the models of a unit are due."""
    found = reference.due("F05", period(code), unit)
    assert found is not None
    return found


def test_what_was_due_before_the_first_day_has_no_punctuality(reference: ReferenceData) -> None:
    """October was due on 16 October, when nobody could send anything; November is owed."""
    used = in_use(reference, **{"37.2": FIRST_DAY})

    before, after = due(used, NEW, "nd09.2026-M10"), due(used, NEW, "nd09.2026-M11")

    assert (before.before_use, after.before_use) == (True, False)
    assert before.on_time(MIDNIGHT + timedelta(days=40)) is None
    assert after.on_time(after.at) is False
    assert after.on_time(after.at - timedelta(seconds=1)) is True


def test_period_that_ended_before_and_is_due_after_the_first_day_is_owed(
    reference: ReferenceData,
) -> None:
    """A province that begins on 2 January wants the yearly reports of December in time."""
    yearly = due(reference, NEW, "cal.2025")
    used = in_use(reference, **{"37.2": yearly.at.date()})

    assert due(used, NEW, "cal.2025") == yearly
    assert due(in_use(reference, **{"37.2": date(2026, 2, 1)}), NEW, "cal.2025").before_use


def test_letter_that_wants_history_by_a_day_is_a_duty(reference: ReferenceData) -> None:
    """Who asks for 2025 by the end of 2026 can say who was late with it."""
    until = datetime(2026, 12, 31, tzinfo=VIETNAM)
    (committee,) = in_use(reference, **{"37.2": FIRST_DAY}).committees
    asking = replace(committee, demands=(Demand("F05", "cal.2025", until, "Số 3-CV/BCĐ"),))

    found = due(replace(reference, committees=(asking,)), NEW, "cal.2025")

    assert found == Due(until, "Số 3-CV/BCĐ")


def test_first_day_of_todays_province_is_that_of_those_merged_into_it(
    reference: ReferenceData,
) -> None:
    """Ninh Bình's committee enters what its three old provinces reported in 2023."""
    used = in_use(reference, **{"37.2": FIRST_DAY})

    assert due(used, OLD, "cal.2023").before_use
    assert not due(used, "01.1", "cal.2023").before_use


def test_what_an_old_province_says_itself_goes_first(reference: ReferenceData) -> None:
    """It used the system in 2024; that its successor begins later excuses nobody of then."""
    used = in_use(reference, **{"37.1": date(2024, 1, 1), "37.2": FIRST_DAY})

    assert not due(used, OLD, "cal.2024").before_use
    assert due(used, OLD, "cal.2022").before_use


def test_who_was_in_time_stays_in_time(reference: ReferenceData) -> None:
    """A first day that is published later takes nobody's verdict away."""
    october = due(in_use(reference, **{"37.2": FIRST_DAY}), NEW, "nd09.2026-M10")

    assert october.on_time(october.at - timedelta(hours=1)) is True


def test_the_first_day_travels_with_the_committee() -> None:
    """A committee without one is published as before, byte for byte."""
    row = {"key": "x", "name_vi": "Ban Chỉ đạo", "area": "37.2", "letter_style": "party"}

    with_day, without = (
        entities_of(DirectoryContents(committees=[it]))["committee/x"]
        for it in ({**row, "in_use_from": FIRST_DAY}, row)
    )

    assert '"in_use_from":"2026-11-01"' in with_day
    assert "in_use_from" not in without
    (committee,) = build_committees(contents_of({"committee/x": with_day}).committees)
    assert committee.in_use_from == FIRST_DAY


def test_first_day_must_be_a_day() -> None:
    """A slip of the pen must not let everybody off."""
    row = {"key": "x", "name_vi": "B", "area": "37.2", "letter_style": "party", "in_use_from": "x"}

    with pytest.raises(FactError, match="in_use_from"):
        build_committees([row])
