"""The small country of these tests: a province for each story, and the real ones of Long An."""

from tests.end_to_end.acceptance.writing import links, today, units

REFORM, LAST_DAY = "2025-07-01", "2025-06-30"
LONG_AN = ("80001.1", "80002.1", "80003.1")
TAY_NINH = "72001.1"
TAY_NINH_TODAY = ("80001.2", "80002.2")
COMMUNES = tuple(f"9700{n}.1" for n in range(1, 7))
RESTORED = tuple(f"{province}00{n}.1" for province in (60, 61) for n in (1, 2, 3))
OWN_WINDOWS = tuple(f"9900{n}.1" for n in (1, 2, 3))
VOLUNTEER = "97900.1"
LAST_YEAR = today().year - 1
GRACE_SECONDS = 20
"""From a letter to its deadline: time to publish it, and to report in time."""


def _commune(key: str, province: str, first: str = "", last: str = "") -> str:
    code, _, generation = key.partition(".")
    name = f"Xã {'cũ' if generation == '1' else 'mới'} {code}"
    return f"{key},{code},commune,xa,{name},{province},{first},{last}"


UNITS = units(
    [
        f"72.1,72,province,tinh,Tỉnh Tây Ninh,,,{LAST_DAY}",
        f"80.1,80,province,tinh,Tỉnh Long An,,,{LAST_DAY}",
        f"80.2,80,province,tinh,Tỉnh Tây Ninh,,{REFORM},",
        *(_commune(it, "80.1", last=LAST_DAY) for it in LONG_AN),
        _commune(TAY_NINH, "72.1", last=LAST_DAY),
        *(_commune(it, "80.2", first=REFORM) for it in TAY_NINH_TODAY),
        "97.1,97,province,tinh,Tỉnh Mẫu Một,,,",
        *(_commune(it, "97.1") for it in COMMUNES),
        f"{VOLUNTEER},97900,enterprise,dn_khac,Công ty mẫu,97.1,,",
        "98.1,98,province,tinh,Tỉnh Mẫu Hai,,,",
        *(_commune(f"9800{n}.1", "98.1") for n in (1, 2, 3)),
        "99.1,99,province,tinh,Tỉnh Mẫu Ba,,,",
        *(_commune(it, "99.1") for it in OWN_WINDOWS),
        *(f"{it},{it[:2]},province,tinh,Tỉnh Mẫu {it[:2]},,," for it in ("60.1", "61.1")),
        *(_commune(it, f"{it[:2]}.1") for it in RESTORED),
    ]
)
LINKS = links(
    [
        f"72.1,80.2,whole,{REFORM},Nghị quyết 202/2025/QH15,yes",
        f"80.1,80.2,whole,{REFORM},Nghị quyết 202/2025/QH15,yes",
        *(f"{old},80001.2,whole,{REFORM},,yes" for old in LONG_AN),
        f"{TAY_NINH},80002.2,whole,{REFORM},,yes",
    ]
)
