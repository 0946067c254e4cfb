"""Loading the facts: ours, or those of the place a service runs in."""

import csv
import time
from pathlib import Path

import pytest

from shared.directory.files import DATA
from shared.directory.loading import load_reference_data
from shared.reference.committees import build_committees
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData

UNITS = """\ufeffkey,official_code,level,type,name,parent,valid_from,valid_to
01.2,01,province,thanh_pho,Thành phố Hà Nội,,2025-07-01,
A1,A1,agency,co_quan,Sở Nội vụ,01.2,2025-07-01,
"""
COMMITTEES = """
committees:
  - key: ha_noi
    name_vi: Ban Chỉ đạo
    area: "AREA"
    programmes: [dan_chu_co_so]
    letter_style: state
    contacts: [{name: A, role: b, email: a@example.vn}]
    demands:
      - form: F05
        period: nd09.2026
        due_at: 2026-10-24T17:00:00+07:00
        document: Số 12-CV/BCĐ
"""


def test_the_facts_load_in_less_than_two_seconds() -> None:
    """Every start and every restart waits for them."""
    begin = time.process_time()
    reference = load_reference_data()

    assert time.process_time() - begin < 2
    assert len(reference.directory) == 14_170


def test_a_directory_of_ones_own_replaces_ours(tmp_path: Path) -> None:
    """A province adds its agencies and enterprises; spreadsheets write a byte-order mark."""
    file = tmp_path / "units.csv"
    file.write_text(UNITS, encoding="utf-8")

    reference = load_reference_data(directory_files=[file])

    assert [unit.key for unit in reference.directory] == ["01.2", "A1"]


def test_committees_of_ones_own_replace_the_sample(tmp_path: Path) -> None:
    """The sample's address must not get anybody's notices."""
    file = tmp_path / "committees.yaml"
    file.write_text(COMMITTEES.replace("AREA", "01.2"), encoding="utf-8")

    reference = load_reference_data(committee_files=[file])

    assert [committee.key for committee in reference.committees] == ["ha_noi"]
    assert reference.committees[0].demands[0].due_at is not None


def test_a_committee_of_an_unknown_area_is_refused(tmp_path: Path) -> None:
    """Nobody would ever be reminded, and nobody would notice."""
    file = tmp_path / "committees.yaml"
    file.write_text(COMMITTEES.replace("AREA", "80"), encoding="utf-8")

    with pytest.raises(FactError, match="area '80' is not in the directory"):
        load_reference_data(committee_files=[file])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"committees: [", "is not YAML"),
        (b"- a", "must hold a mapping"),
        (b"committees: x", "must be a list"),
        (b"a: \xff", "is not UTF-8"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    """The message is all an operator has when a service does not start."""
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)

    with pytest.raises(FactError, match=f"mine.yaml:.*{message}"):
        load_reference_data(committee_files=[file])


def test_the_committee_that_ships_is_a_sample_for_ninh_binh(reference: ReferenceData) -> None:
    """A first start has somebody to notify, at an address that cannot exist."""
    (committee,) = reference.committees

    assert committee.area == "37.2"
    assert all(contact.email.endswith(".example.vn") for contact in committee.contacts)
    assert committee.demands == ()


COMMITTEE = {
    "key": "x",
    "name_vi": "Ban Chỉ đạo",
    "area": "37.2",
    "letter_style": "party",
    "demands": [{"form": "F05", "period": "nd09.2026", "document": "Số 12-CV/BCĐ"}],
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"letter_style": "formal"}, "committee x: letter_style"),
        ({"demands": [{"form": "F05", "period": "2026", "document": "a"}]}, "is not a period"),
        ({"contacts": [{"name": "A"}]}, "contacts 1: role"),
        ({"programmes": [1]}, "programmes: must be a list of texts"),
        (
            {
                "demands": [
                    {"form": "F05", "period": "cal.2026", "document": "a", "due_at": "24/10/2026"}
                ]
            },
            "demands 1: due_at: must be a time with an offset",
        ),
    ],
)
def test_an_unusable_committee_is_named(change: dict[str, object], message: str) -> None:
    """A due instant without its offset would be seven hours off."""
    with pytest.raises(FactError, match=message):
        build_committees([{**COMMITTEE, **change}])


def test_a_demand_may_leave_the_date_to_the_regime() -> None:
    """Many letters ask for a report "theo quy định" and name no date."""
    (committee,) = build_committees([COMMITTEE])

    assert committee.demands[0].due_at is None


def test_lineage_names_known_units_only(reference: ReferenceData) -> None:
    """The mergers of 1/7/2025 link two generations of the same directory."""
    with (DATA / "lineage.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    for row in rows:
        assert reference.directory.get(row["predecessor"]) is not None
        assert reference.directory.get(row["successor"]) is not None
