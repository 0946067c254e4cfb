"""
The closed lists of what a unit can be: its level in the tree and its type.

Types are those of Law 10/2022/QH15: communes (Chapter II), agencies and public-service units
(Chapter III), state and other enterprises (Chapter IV), and beside them the Front, its member
organisations and the Party committees directly under a Tỉnh ủy. The district level and the
townships ended on 30/6/2025; they stay in the list because reports about them stay readable.
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
}
LEVELS = tuple(TYPES)
