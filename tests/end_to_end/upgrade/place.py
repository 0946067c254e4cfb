"""
A small country of the past: what of it is late has long been, and the rest is due in 2099.

So no answer depends on the day on which somebody asks.
"""

import json
from collections.abc import Mapping, Sequence

from tests.end_to_end.acceptance.writing import links, units

REFORM, LAST_DAY = "2023-07-01", "2023-06-30"
COMMUNES = tuple(f"9700{n}.1" for n in range(1, 7))
OLD, MERGED = tuple(f"9800{n}.1" for n in (1, 2, 3)), "98009.2"
APART = "99001.1"
"""Alone in its province, whose report is left in the outbox."""

JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE = (f"cal.2023-M0{n}" for n in range(1, 7))
Q1, Q2, Q3 = (f"cal.2023-Q{n}" for n in (1, 2, 3))
NEVER = "chậm nhất ngày 31/12/2099"
_LETTERS = {
    JANUARY: NEVER,
    FEBRUARY: "chậm nhất ngày 10/03/2023",
    MARCH: "chậm nhất ngày 10/04/2023",
    APRIL: "chậm nhất ngày 10/05/2023",
    MAY: "chậm nhất ngày 10/06/2023",
}


def _commune(key: str, province: str, first: str = "", last: str = "") -> str:
    code = key.partition(".")[0]
    return f"{key},{code},commune,xa,Xã mẫu {code},{province},{first},{last}"


UNITS = units(
    [
        "97.1,97,province,tinh,Tỉnh Mẫu Một,,,",
        *(_commune(it, "97.1") for it in COMMUNES),
        "98.1,98,province,tinh,Tỉnh Mẫu Hai,,,",
        *(_commune(it, "98.1", last=LAST_DAY) for it in OLD),
        _commune(MERGED, "98.1", first=REFORM),
        "99.1,99,province,tinh,Tỉnh Mẫu Ba,,,",
        _commune(APART, "99.1"),
    ]
)
LINKS = links([f"{it},{MERGED},whole,{REFORM},Nghị quyết gộp,yes" for it in OLD])


def first_letters() -> str:
    """Demand five months of the first province."""
    return _committee("mau-mot", "97.1", _LETTERS)


def later_letters() -> str:
    """Demand April no more, and grant more time for March (two communes) and May (all)."""
    return _committee("mau-mot", "97.1", _LATER, _EXTENSIONS)


def letters_of_the_second() -> str:
    """Demand February of the second province."""
    return _committee("mau-hai", "98.1", {FEBRUARY: _LETTERS[FEBRUARY]})


def more_time(unit: str) -> str:
    """Ask for what ``later_letters`` does, and grant one commune more time for February."""
    return _committee("mau-mot", "97.1", _LATER, [*_EXTENSIONS, _extension(FEBRUARY, unit)])


def renaming(unit: str, name: str) -> str:
    """Give a commune another name, from the reform on."""
    decision = {
        "decision": f"Nghị quyết đổi tên {name}",
        "effective_on": REFORM,
        "rename": [{"unit": unit, "name": name}],
    }
    return json.dumps({"decisions": [decision]}, ensure_ascii=False)


def _extension(period: str, *named: str) -> dict[str, object]:
    document = f"Công văn gia hạn {period}"
    its = {"form": "F05", "period": period, "document": document, "deadline": NEVER}
    return {**its, "units": named}


_LATER = {period: words for period, words in _LETTERS.items() if period != APRIL}
_EXTENSIONS = (_extension(MARCH, *COMMUNES[:2]), _extension(MAY))


def _committee(
    key: str, area: str, letters: Mapping[str, str], extensions: Sequence[object] = ()
) -> str:
    row = {
        "key": key,
        "name_vi": f"Ban Chỉ đạo {key}",
        "area": area,
        "programmes": ["dan_van_kheo"],
        "letter_style": "party",
        "demands": [
            {"form": "F05", "period": period, "document": f"Công văn {period}", "deadline": words}
            for period, words in letters.items()
        ],
        "extensions": extensions,
        "roles": [{"role": "can_bo_dau_moi", "name": "Trần Văn Mẫu", "email": f"{key}@example.vn"}],
    }
    return json.dumps({"committees": [row]}, ensure_ascii=False)
