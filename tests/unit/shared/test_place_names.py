"""Names of units within a sentence: the capitals of Decree 30/2020/NĐ-CP, Annex II."""

import pytest

from shared.reference.persons import EVENTS, PERSONS
from shared.reference.place_names import in_sentence
from shared.reference.reference_data import ReferenceData


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("Xã Phù Vân", "xã Phù Vân"),
        ("Phường Hoa Lư", "phường Hoa Lư"),
        ("Tỉnh Ninh Bình", "tỉnh Ninh Bình"),
        ("Thành phố Thái Nguyên", "thành phố Thái Nguyên"),
        ("Thị trấn Ngọc Lặc", "thị trấn Ngọc Lặc"),
        ("Thị xã Sơn Tây", "thị xã Sơn Tây"),
        ("Huyện Gia Viễn", "huyện Gia Viễn"),
        ("Đặc khu Phú Quốc", "đặc khu Phú Quốc"),
        ("Phường Hà Giang 1", "phường Hà Giang 1"),
        ("Phường Điện Biên Phủ", "Phường Điện Biên Phủ"),
        ("Phường Lê Hồng Phong", "Phường Lê Hồng Phong"),
        ("Xã Quách Phẩm Bắc", "Xã Quách Phẩm Bắc"),
        ("Quận Hai Bà Trưng", "Quận Hai Bà Trưng"),
        ("Quận 1", "Quận 1"),
        ("Phường 10", "Phường 10"),
        ("Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
        ("Sở Nội vụ", "Sở Nội vụ"),
        ("Ủy ban MTTQ Việt Nam tỉnh", "Ủy ban MTTQ Việt Nam tỉnh"),
        ("Xã", "Xã"),
        ("37.2", "37.2"),
    ],
)
def test_capitals_within_a_sentence(name: str, within: str) -> None:
    """Right for a reader of the decree, and unchanged where it says nothing."""
    assert in_sentence(name) == within
    assert in_sentence(within) == within


def test_every_person_and_event_is_one_that_a_unit_is_named_after(reference: ReferenceData) -> None:
    """A misspelt name in the list would never be met."""
    names = {it.name for it in reference.directory}
    own = {name.removeprefix(f"{noun} ") for name in names for noun in _nouns(name)}

    assert own >= PERSONS | EVENTS


def _nouns(name: str) -> list[str]:
    words = name.split()
    return [words[0], " ".join(words[:2])]
