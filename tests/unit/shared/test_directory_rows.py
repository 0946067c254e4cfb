"""Rows of a directory: what becomes a unit, and what is refused by file and line."""

from datetime import date

import pytest

from shared.reference.directory import Directory, Unit, build_units
from shared.reference.errors import FactError


def unit(key: str, parent: str | None = None, level: str = "commune") -> Unit:
    """Return a unit without dates."""
    return Unit(key, key, level, "xa", f"Đơn vị {key}", parent, None, None)


PROVINCE = unit("01.2", level="province")


@pytest.mark.parametrize(
    ("units", "message"),
    [
        pytest.param([PROVINCE, PROVINCE], "unit 01.2: is there twice", id="twice"),
        pytest.param([unit("1", parent="9")], "parent '9' is unknown", id="unknown-parent"),
        pytest.param(
            [unit("1", parent="2"), unit("2", parent="1")], "below the unit itself", id="circle"
        ),
        pytest.param([unit("1")], "does not lie in a province", id="no-province"),
    ],
)
def test_units_that_do_not_form_a_tree_are_refused(units: list[Unit], message: str) -> None:
    """A report whose province is unknown would be in no total."""
    with pytest.raises(FactError, match=message):
        Directory(units)


def test_an_agency_below_a_commune_counts_in_all_above_it() -> None:
    """F02 comes from agencies; a directory may hang them under a province or a commune."""
    commune = unit("00004.2", parent="01.2")
    directory = Directory([PROVINCE, commune, unit("A1", parent="00004.2", level="agency")])

    assert directory.path("A1") == ("00004.2", "01.2")


ROW = {
    "key": "01.2",
    "official_code": "01",
    "level": "province",
    "type": "tinh",
    "name": "Tỉnh",
    "parent": "",
    "valid_from": "2025-07-01",
    "valid_to": "",
}


def test_a_row_becomes_a_unit_with_open_ends() -> None:
    """An empty date is open, an empty parent is none."""
    assert build_units([ROW], "units.csv") == [
        Unit("01.2", "01", "province", "tinh", "Tỉnh", None, date(2025, 7, 1), None)
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": ""}, "mine.csv:3: key"),
        ({"valid_from": "01/07/2025"}, "mine.csv:3: valid_from: must be a date"),
        ({"valid_to": "2025-06-30"}, "mine.csv:3: valid_to: 2025-06-30 is before"),
        ({"level": "region"}, "mine.csv:3: level: must be one of province, district, commune"),
        ({"type": "xa"}, "mine.csv:3: type: must be one of thanh_pho, tinh, not 'xa'"),
    ],
)
def test_an_unusable_row_is_named_by_file_and_line(change: dict[str, str], message: str) -> None:
    """An operator with 14.000 rows must be told which one."""
    with pytest.raises(FactError, match=message):
        build_units([ROW, {**ROW, **change}], "mine.csv")
