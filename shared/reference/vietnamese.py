"""
Vietnamese text for people: numbers, rates and dates as committees write them.

Groups with a full stop, decimals with a comma, no blank before %: 1.635 · 92,3% · 89,58 điểm.
Babel's `vi` locale holds the number rules; dates follow Decree 30/2020/NĐ-CP.
"""

import sys
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal

from shared.reference.figures import Qualifier

_LOCALE = "vi"
_BEFORE = {
    Qualifier.EXACT: "",
    Qualifier.AT_LEAST: "hơn ",
    Qualifier.AT_MOST: "gần ",
    Qualifier.ABOUT: "khoảng ",
}
# Months 1 and 2 take a zero so that they cannot be made into 11 and 12 by hand; 3 to 9 do not.
_MONTH_WITH_ZERO_MAX = 2
_ONE_DIGIT_MAX = 9
_THOUSAND = 1_000
_MONEY = ((1_000_000_000, "tỷ đồng"), (1_000_000, "triệu đồng"))
_SQUARE_METRES_PER_HECTARE = 10_000
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Grave, hook, tilde, acute, dot below: the order of tones in Vietnamese dictionaries.
_TONES = "\u0300\u0309\u0303\u0301\u0323"


def count(value: int) -> str:
    """Return a whole number: 1635 is "1.635"."""
    return str(format_decimal(value, locale=_LOCALE))


def number(value: int | Decimal) -> str:
    """Return a number with every decimal that is not a needless 0: "1.635", "92,3"."""
    return str(format_decimal(value, locale=_LOCALE, decimal_quantization=False))


def qualified(value: int, qualifier: Qualifier = Qualifier.EXACT) -> str:
    """Return a number with what is known of it: "hơn 20.000", "khoảng 193.000"."""
    return with_qualifier(count(value), qualifier)


def with_qualifier(written: str, qualifier: Qualifier) -> str:
    """Return a number that is already written, with what is known of it: "hơn 92,3%"."""
    return _BEFORE[qualifier] + written


def rate(percent: Decimal) -> str:
    """Return a percentage with one decimal, rounded half up: "92,3%"."""
    rounded = percent.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{format_decimal(rounded, format='#,##0.0', locale=_LOCALE)}%"


def score(value: Decimal | str) -> str:
    """Return a score with two decimals: "89.58" is "89,58"."""
    return str(format_decimal(Decimal(value), format="#,##0.00", locale=_LOCALE))


def area(square_metres: Decimal | str) -> str:
    """Return an area without needless decimals: "4197000.00" is "4.197.000"."""
    return str(format_decimal(Decimal(square_metres), format="#,##0.##", locale=_LOCALE))


def points(value: Decimal | str) -> str:
    """Return a score in points, as letters name it: "89,58 điểm"."""
    return f"{score(value)} điểm"


def land(square_metres: Decimal | str) -> str:
    """
    Return an area with its unit, in hectares where they read better: "419,7 ha", "850,5 m²".

    Nothing is rounded: what is not whole in square metres stays in square metres.
    """
    exact = Decimal(square_metres)
    hectares = exact / _SQUARE_METRES_PER_HECTARE
    if abs(hectares) >= 1 and exact == exact.to_integral_value():
        return f"{format_decimal(hectares, format='#,##0.####', locale=_LOCALE)} ha"
    return f"{area(exact)} m²"


def money(dong: int) -> str:
    """
    Return an amount in the largest unit that takes it with three decimals at most.

    "1,5 tỷ đồng", "20 triệu đồng", "1.234.567.890 đồng": nothing is rounded, because a sum that a
    reader adds up by hand must come out.
    """
    for worth, name in _MONEY:
        if abs(dong) >= worth and dong % (worth // _THOUSAND) == 0:
            amount = format_decimal(Decimal(dong) / worth, format="#,##0.###", locale=_LOCALE)
            return f"{amount} {name}"
    return f"{count(dong)} đồng"


def rank(place: int, out_of: int | None) -> str:
    """Return a rank, with the number ranked when it is known: "3/63"."""
    return str(place) if out_of is None else f"{place}/{out_of}"


def count_in_letter(value: int) -> str:
    """Return a count as letters write it, two digits at least: 5 is "05"."""
    return f"{value:02}" if 0 <= value <= _ONE_DIGIT_MAX else count(value)


def date_short(day: date) -> str:
    """Return a date in figures: "25/10/2024", "06/4/2020", "05/02/2024"."""
    return f"{day.day:02}/{_month(day)}/{day.year}"


def date_long(day: date) -> str:
    """Return a date in words: "ngày 06 tháng 4 năm 2020"."""
    return f"ngày {day.day:02} tháng {_month(day)} năm {day.year}"


def name_key(name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """
    Return a key that sorts names by the Vietnamese alphabet, then by tone; 2 is before 10.

    Sources place tones differently (Hòa, Hoà) and use composed or decomposed Unicode; such names
    get one key, so it also serves to match names.
    """
    letters: list[int] = []
    tones: list[int] = []
    for word in unicodedata.normalize("NFD", name.casefold()).split():
        bare = unicodedata.normalize("NFC", "".join(c for c in word if c not in _TONES))
        letters += [0, *(_number(bare) if bare.isdecimal() else map(_place, bare))]
        tones.append(next((_TONES.index(c) + 1 for c in word if c in _TONES), 0))
    return tuple(letters), tuple(tones)


def _number(digits: str) -> list[int]:
    # By length and then by digits: a hostile name may have more of them than int() takes.
    significant = digits.lstrip("0")
    return [len(significant), *map(ord, significant)]


def _place(letter: str) -> int:
    place = _ALPHABET.find(letter)
    return sys.maxunicode + place if place >= 0 else ord(letter)


def _month(day: date) -> str:
    return f"{day.month:02}" if day.month <= _MONTH_WITH_ZERO_MAX else str(day.month)
