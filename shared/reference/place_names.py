"""
Names of administrative units within a Vietnamese sentence.

Decree 30/2020/NĐ-CP, Annex II, section IV: the common noun is written small before a name of its
own (xã Phù Vân), and with a capital before a number, a person's name or the name of a historical
event (Quận 1, Phường Lê Hồng Phong, Phường Điện Biên Phủ). Thành phố Hồ Chí Minh is a special case.
"""

from shared.reference.persons import EVENTS, PERSONS

_NOUNS = (
    "Thành phố",
    "Thị trấn",
    "Thị xã",
    "Đặc khu",
    "Huyện",
    "Phường",
    "Quận",
    "Tỉnh",
    "Xã",
)
_PARTS = (" Bắc", " Nam", " Đông", " Tây")


def in_sentence(name: str) -> str:
    """
    Return the name of a unit as it is written within a sentence.

    A name that is no common noun and a name (a department, a committee) stays as it is.
    """
    own = own_name(name)
    if own == name or own[:1].isdecimal() or _named_after(own):
        return name
    return name[:1].lower() + name[1:]


def own_name(name: str) -> str:
    """Return a name without the common noun before it: "Tam Điệp" of "Phường Tam Điệp"."""
    noun = next((it for it in _NOUNS if name.startswith(f"{it} ")), None)
    return name if noun is None else name[len(noun) + 1 :]


def _named_after(own: str) -> bool:
    """Tell whether a name is that of a person or an event; "Quách Phẩm Bắc" is a part of one."""
    known = PERSONS | EVENTS
    return own in known or any(own.endswith(it) and own[: -len(it)] in known for it in _PARTS)
