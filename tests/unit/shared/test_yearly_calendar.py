"""The calendar of one year, as a notice of swapped days comes: laid over the years before."""

from datetime import date
from pathlib import Path

import pytest

from shared.directory.files import with_files
from shared.reference.errors import FactError
from tests.builders.reference import shipped_contents

YEAR = """\
first: {year}-01-01
last: {year}-12-31
swaps:
  - {{day_off: {year}-02-11, day_worked: {year}-02-13, source: "Thông báo mẫu"}}
"""


def test_the_years_before_a_notice_stay(tmp_path: Path) -> None:
    """Duties and reports of 2026 are still open when the notice of 2027 is published."""
    file = tmp_path / "working_days.yaml"
    file.write_text(YEAR.format(year=2027), encoding="utf-8")
    old = shipped_contents().calendar
    new = with_files(shipped_contents(), [file]).calendar
    assert old is not None
    assert new is not None

    assert (new.first, new.last) == (old.first, old.last)
    assert new.is_working_day(date(2027, 2, 13))
    assert not new.is_working_day(date(2027, 2, 11))
    for day in (date(2026, 1, 2), date(2026, 1, 10), date(2028, 1, 3)):
        assert new.is_working_day(day) == old.is_working_day(day)


def test_a_year_that_leaves_a_gap_is_refused(tmp_path: Path) -> None:
    """Nobody would know which days of 2032 are worked."""
    file = tmp_path / "working_days.yaml"
    file.write_text(YEAR.format(year=2033), encoding="utf-8")

    with pytest.raises(FactError, match=r"working_days\.yaml:1: .*2031-12-31.*2033-01-01"):
        with_files(shipped_contents(), [file])
