"""
The body of a unit that a form is a report of, as letters and late lists name it.

The unit of F01, F04 and F05 is one commune, and three bodies of it report: its People's Committee,
its committee of the Fatherland Front, its Party committee. A unit that is no area reports itself.
"""

from shared.reference.paths import AREA_LEVELS
from shared.reference.place_names import in_sentence, own_name
from shared.reference.units import Unit

PEOPLES_COMMITTEE = "uy_ban_nhan_dan"
PARTY_COMMITTEE = "cap_uy"
FRONT = "uy_ban_mttq"
STEERING_COMMITTEE = "ban_chi_dao"
BODIES = (PEOPLES_COMMITTEE, PARTY_COMMITTEE, FRONT, STEERING_COMMITTEE)

_AREAS = frozenset({*AREA_LEVELS, "commune"})
_BEFORE_THE_NAME = {
    PEOPLES_COMMITTEE: "Ủy ban nhân dân",
    FRONT: "Ủy ban MTTQ Việt Nam",
    STEERING_COMMITTEE: "Ban Chỉ đạo",
}
_PARTY_COMMITTEES = {
    "tinh": "Tỉnh ủy",
    "thanh_pho": "Thành ủy",
    "huyen": "Huyện ủy",
    "quan": "Quận ủy",
    "thi_xa": "Thị ủy",
}


def body_name(body: str | None, unit: Unit) -> str:
    """
    Return the name of the body of a unit: "Ủy ban nhân dân phường Tam Điệp", "Thành ủy Tam Điệp".

    The Party committee of an area above the commune bears its own name alone, save where that is a
    number (Quận ủy Quận 1). Without a body, or of a unit that is no area: the unit's own name.
    """
    if body is None or unit.level not in _AREAS:
        return unit.name
    if body != PARTY_COMMITTEE:
        return f"{_BEFORE_THE_NAME[body]} {in_sentence(unit.name)}"
    committee = _PARTY_COMMITTEES.get(unit.type)
    if committee is None:
        return f"Đảng ủy {in_sentence(unit.name)}"
    own = own_name(unit.name)
    whole = own[:1].isdecimal() or own == "Hồ Chí Minh"
    return f"{committee} {unit.name if whole else own}"
