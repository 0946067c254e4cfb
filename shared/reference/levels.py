"""
The closed lists of what a unit can be: its level in the tree and its type.

Types are those of Law 10/2022/QH15: communes (Chapter II), agencies and public-service units
(Chapter III), state and other enterprises (Chapter IV), and beside them the Front, its member
organisations, the Party committees directly under a Tỉnh ủy, and the army and the police. The
district level and the townships ended on 30/6/2025; they stay in the list because reports about
them stay readable.
"""

from collections.abc import Mapping

TYPES: Mapping[str, frozenset[str]] = {
    "province": frozenset({"tinh", "thanh_pho"}),
    "district": frozenset({"huyen", "quan", "thi_xa", "thanh_pho"}),
    "commune": frozenset({"xa", "phuong", "thi_tran", "dac_khu"}),
    "agency": frozenset({"co_quan"}),
    "public_service_unit": frozenset({"don_vi_su_nghiep"}),
    "enterprise": frozenset({"dn_nha_nuoc", "dn_khac"}),
    "organisation": frozenset({"mttq", "doan_the"}),
    "party_block": frozenset({"dang_uy_khoi"}),
    "armed_forces": frozenset({"quan_doi", "cong_an"}),
}
LEVELS = tuple(TYPES)

BASES: Mapping[str, frozenset[str]] = {
    "commune": TYPES["commune"],
    "workplace": TYPES["agency"] | TYPES["public_service_unit"],
    "state_enterprise": frozenset({"dn_nha_nuoc"}),
    "other_enterprise": frozenset({"dn_khac"}),
    "organisation": TYPES["organisation"],
    "party_block": TYPES["party_block"],
    "armed_forces": TYPES["armed_forces"],
    "above": TYPES["province"] | TYPES["district"],
}
"""
The types of base (loại hình cơ sở) by which results are told apart, as Law 10/2022/QH15 does in its
Chapters II, III and IV; beside them who is no base of that law. Every unit type is in one of them.
"""

_BASE_OF = {unit_type: base for base, types in BASES.items() for unit_type in types}


def base_of(unit_type: str) -> str:
    """Return the type of base that a unit type is of. Raises KeyError on an unknown type."""
    return _BASE_OF[unit_type]
