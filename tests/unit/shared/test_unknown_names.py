"""A misspelt field, section or column is refused by file and line; it must not be lost unseen."""

from pathlib import Path

import pytest

from shared.directory.contents import DirectoryContents, contents_of
from shared.directory.files import with_files
from shared.directory.loading import build_reference_data
from shared.reference.errors import FactError
from tests.builders.reference import shipped_contents, shipped_entities

COMMITTEES = """\
version: 1
committees:
  - key: ninh_binh
    name_vi: "Ban Chỉ đạo"
    area: "37.2"
    programmes: [dan_chu_co_so]
    letter_style: party
    standing_agencies:
      - {name: "Ban Dân vận", valid_from: 2025-07-01}
    roles:
      - {role: truong_ban, name: "Nguyễn Văn Ví", decision: "Số 1"}
    contacts:
      - {name: "Trần Văn Mẫu", role: thuong_truc, email: "mau@mau.example.vn"}
    demands:
      - {form: F05, period: nd09.2026-M11, document: "15", deadline: "trước ngày 25/12/2026"}
    extensions:
      - {form: F05, period: nd09.2026-M11, document: "16", deadline: "trước ngày 26/12/2026"}
"""
REGIMES = """\
version: 1
regimes:
  - code: cal
    label_vi: "Tháng dương lịch"
    rules:
      - code: cal.5wd
        working_days_after_close: 5
        hour: "17:00"
        source: "Mặc định"
        state: default
"""
CALENDAR = """\
version: 1
first: 2016-01-01
last: 2031-12-31
swaps:
  - {day_off: 2026-01-02, day_worked: 2026-01-10, source: "12729/VPCP-KGVX"}
days_off:
  - {day: 2026-08-31, source: "Thông báo"}
days_worked:
  - {day: 2026-08-22, source: "Thông báo"}
"""
UNITS = "key,official_code,level,type,name,parent,valid_from,valid_to\n"
LINKS = "predecessor,successor,kind,effective_on,decision,verified\n"
HANOI = "01.9,01,province,tinh,Hà Nội,,2030-01-01,\n"


@pytest.mark.parametrize(
    ("text", "known", "misspelt", "line"),
    [
        (COMMITTEES, "version", "vresion", 1),
        (COMMITTEES, "name_vi", "name_iv", 4),
        (COMMITTEES, "programmes", "programs", 6),
        (COMMITTEES, "valid_from", "valid_since", 9),
        (COMMITTEES, "decision", "decided", 11),
        (COMMITTEES, "email", "mail", 13),
        (COMMITTEES, "contacts", "contact", 12),
        (COMMITTEES, "deadline", "dealine", 15),
        (COMMITTEES, "demands", "demand", 14),
        (COMMITTEES, "extensions", "extension", 16),
        (REGIMES, "label_vi", "label_iv", 4),
        (REGIMES, "rules", "rule", 5),
        (REGIMES, "state", "states", 10),
        (CALENDAR, "swaps", "swap", 4),
        (CALENDAR, "day_off:", "dayoff:", 5),
        (CALENDAR, "days_off", "day_off", 6),
        (CALENDAR, "days_worked", "dayz_worked", 8),
    ],
)
def test_a_name_that_nobody_reads_is_refused(
    tmp_path: Path, text: str, known: str, misspelt: str, line: int
) -> None:
    """With "dealine" for "deadline" the letter's date vanished, and units were called overdue."""
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(known, misspelt, 1), encoding="utf-8")
    name = misspelt.rstrip(":")

    with pytest.raises(FactError, match=rf"^mine\.yaml:{line}: .*\b{name}: .*known are .*"):
        with_files(shipped_contents(), [file])


@pytest.mark.parametrize("text", [COMMITTEES, REGIMES, CALENDAR, f"{COMMITTEES}{REGIMES[11:]}"])
def test_what_is_spelt_well_is_taken(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")

    with_files(shipped_contents(), [file])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (UNITS.replace("valid_to", "valid_til") + HANOI, "mine.csv:1: valid_til: is unknown"),
        (UNITS + HANOI.replace(",,2030", ",,,2030"), "mine.csv:2: has more values than columns"),
        (UNITS + HANOI[:20] + "\n", "mine.csv:2: has fewer values than columns"),
        (LINKS.replace("decision", "decided"), "mine.csv:1: decided: is unknown"),
        (UNITS.replace("official_code", "code") + HANOI, "mine.csv:1: code: is unknown"),
        ("a\tb\n1\t2\n", "mine.csv:1: has neither .* separated by commas or by semicolons"),
    ],
)
def test_columns_are_those_of_the_file_and_no_others(
    tmp_path: Path, text: str, message: str
) -> None:
    """A column "valid_til" would let a unit live for ever that the file ends."""
    file = tmp_path / "mine.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(FactError, match=f"^{message}"):
        with_files(DirectoryContents(), [file])


def test_a_published_row_is_read_without_its_envelope() -> None:
    """What a newer release adds to an event does not stop this one; a file is held to its names."""
    entities = shipped_entities()
    key = "committee/ninh_binh"
    newer = {**entities, key: entities[key].replace("{", '{"a_field_of_next_year":1,', 1)}

    reference = build_reference_data(contents_of(newer))

    assert [it.key for it in reference.committees] == ["ninh_binh"]
