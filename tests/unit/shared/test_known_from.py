"""What the directory does not know of a time is said, and never taken for a fact."""

from datetime import date
from pathlib import Path

import pytest

from shared.directory.contents import DirectoryContents, contents_of, entities_of
from shared.directory.files import with_files
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from shared.reference.units import Unit

JANUARY_2025 = date(2025, 1, 1)


def unit(key: str, parent: str | None, begin: date | None = None) -> Unit:
    """Return a unit of a province without a statement of its own."""
    level, kind = ("commune", "xa") if parent else ("province", "tinh")
    return Unit(key, key, level, kind, f"Đơn vị {key}", parent, begin, None)


UNITS = (unit("01.1", None), unit("1.1", "01.1"), unit("2.1", "01.1", date(2020, 2, 1)))


def laid_over(text: str, folder: Path, *csv: str) -> DirectoryContents:
    """Return three units with a file that states what is known of them, and CSV files behind it."""
    files = [folder / f"{number}.csv" for number in range(len(csv))]
    for file, content in zip(files, csv, strict=True):
        file.write_text(content, encoding="utf-8")
    stated = folder / "known.yaml"
    stated.write_text(text, encoding="utf-8")
    return with_files(DirectoryContents(units=UNITS), [stated, *files])


KNOWN = 'known_from:\n  - {day: 2025-01-01, units: ["01.1"], source: "bảng mã của năm 2025"}\n'


def test_province_states_from_when_its_units_are_known(tmp_path: Path) -> None:
    """A unit with a dated beginning is known from that day, every other one as its province is."""
    directory = Directory(laid_over(KNOWN, tmp_path).units)

    assert directory.known_from("01.1") == directory.known_from("1.1") == JANUARY_2025
    assert directory.known_from("2.1") == date(2020, 2, 1)
    assert Directory(UNITS).known_from("1.1") is None
    assert directory.known_from("9.9") is None


def test_statement_survives_a_file_that_tells_the_unit_anew(tmp_path: Path) -> None:
    """Whoever renames a province in a spreadsheet says nothing about what is known of it."""
    again = "key,official_code,level,type,name\n01.1,01,province,tinh,Tỉnh khác\n"

    directory = Directory(laid_over(KNOWN, tmp_path, again).units)

    (state,) = directory.states("01.1")
    assert (state.name, state.known_from) == ("Tỉnh khác", JANUARY_2025)


def test_statement_travels_with_the_unit(tmp_path: Path) -> None:
    """What states nothing is published as before, byte for byte."""
    contents = laid_over(KNOWN, tmp_path)

    entities = entities_of(contents)

    assert '"known_from":"2025-01-01"' in entities["unit/01.1"]
    assert "known_from" not in entities["unit/1.1"]
    assert {it.known_from for it in contents_of(entities).units} == {JANUARY_2025, None}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("known_from:\n  - {day: 2025-01-01, units: [x], source: s}\n", "x is not in the dir"),
        ("known_from:\n  - {day: 2025-01-01, units: [], source: s}\n", "units: must name"),
        ('known_from:\n  - {day: 2025-01-01, units: ["01.1"]}\n', "source"),
        ('known_from:\n  - {units: ["01.1"], source: s}\n', "day"),
        ('known_from:\n  - {day: 2025-01-01, unit: "01.1", source: s}\n', "unit"),
    ],
)
def test_statement_about_nothing_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """By file and line, as everything that an operator mistypes."""
    with pytest.raises(FactError, match=f"known.yaml.*{message}"):
        laid_over(text, tmp_path)


def test_no_old_province_is_known_since_ever(reference: ReferenceData) -> None:
    """The old units that ship are those of January 2025, where nothing earlier is loaded."""
    directory = reference.directory
    provinces = [key for key in directory.provinces() if key.endswith(".1")]

    known = {key: directory.known_from(key) for key in provinces}

    assert len(known) == 63
    assert all(day is not None and day <= JANUARY_2025 for day in known.values())
    assert directory.known_from("37.2") == date(2025, 7, 1)
    assert all(directory.known_from(it.key) for it in directory)
