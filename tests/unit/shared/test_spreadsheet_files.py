"""CSV files as spreadsheet programs save them, and what no eye can see in them."""

import unicodedata
from pathlib import Path

import pytest
import yaml

from shared.directory.contents import DirectoryContents, entities_of
from shared.directory.files import with_files
from shared.reference.errors import FactError
from tests.builders.reference import shipped_contents

HEADER = "key,official_code,level,type,name,parent,valid_from,valid_to\n"
ROW = "13285.2,13285,commune,phuong,{name},37.2,2025-07-01,\n"
PLAIN = "Phường Phủ Lý"


def read(tmp_path: Path, text: str) -> DirectoryContents:
    file = tmp_path / "units.csv"
    file.write_text(text, encoding="utf-8")
    return with_files(DirectoryContents(), [file])


@pytest.mark.parametrize(
    "name",
    [
        unicodedata.normalize("NFD", PLAIN),  # as a file made on macOS has it
        " Phường\u00a0Phủ  Lý ",
        '"Phường\nPhủ Lý"',
    ],
)
def test_names_that_look_alike_are_alike(tmp_path: Path, name: str) -> None:
    """Else a publication shows changes of names that nobody can see."""
    (unit,) = read(tmp_path, HEADER + ROW.format(name=name)).units

    assert unit.name == PLAIN


def test_an_invisible_character_is_refused_by_line(tmp_path: Path) -> None:
    text = HEADER + "\n" + ROW.format(name="Phường Phủ\u200b Lý")

    with pytest.raises(FactError, match=r"^units\.csv:3: name: .*\\u200b"):
        read(tmp_path, text)


def test_semicolons_of_a_vietnamese_spreadsheet_are_read(tmp_path: Path) -> None:
    """The comma is the decimal sign there, so programs save with semicolons."""
    comma = read(tmp_path, HEADER + ROW.format(name=PLAIN))
    semicolon = read(tmp_path, (HEADER + ROW.format(name=PLAIN)).replace(",", ";"))

    assert semicolon.units == comma.units


@pytest.mark.parametrize("key", ["13285.2x", "13285/2", "13285 2"])
def test_a_key_that_the_wire_cannot_carry_is_refused_by_line(tmp_path: Path, key: str) -> None:
    with pytest.raises(FactError, match=r"^units\.csv:2: key: "):
        read(tmp_path, HEADER + ROW.format(name=PLAIN).replace("13285.2", key))


def test_a_field_without_a_value_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    """``email: null`` was refused in the words of a library, without file and line."""
    committee: dict[str, object] = {
        "key": "x",
        "name_vi": "Ban Chỉ đạo",
        "area": "37.2",
        "letter_style": "party",
    }
    role: dict[str, object] = {"role": "thu_ky", "name": "A"}
    published = []
    for person in (role, {**role, "email": None}):
        file = tmp_path / "committees.yaml"
        rows = {"committees": [{**committee, "roles": [person]}]}
        file.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
        published.append(entities_of(with_files(shipped_contents(), [file]))["committee/x"])

    assert published[0] == published[1]


def test_what_the_wire_cannot_carry_is_refused_by_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "committees.yaml"
    file.write_text(
        'committees:\n  - {key: x, name_vi: B, area: "37 2", letter_style: party}\n',
        encoding="utf-8",
    )

    with pytest.raises(FactError, match=r"^committees\.yaml:2: committee x: area: "):
        entities_of(with_files(shipped_contents(), [file]))
