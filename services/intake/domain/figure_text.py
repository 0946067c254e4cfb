"""Why a value cannot be a figure, as precisely as the sender can use it."""

import re

from shared.contracts.values import COUNT_MAX

_THOUSANDS = re.compile(r"[0-9]{1,3}([., ][0-9]{3})+")
# As spreadsheets write them: blanks of every width, apostrophes, and decimals behind them.
_BLANKS = "\u0020\u00a0\u2007\u2009\u202f"
_APART = re.compile(
    rf"[0-9]{{1,3}}(?:(?P<apart>[.,{_BLANKS}'\u2019])[0-9]{{3}})(?:(?P=apart)[0-9]{{3}})*"
    r"(?:(?!(?P=apart))[.,][0-9]{1,9})?"
)
_DASHES = re.compile(rf"[{_BLANKS}]*[-\u2010-\u2015\u2212]+[{_BLANKS}]*")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")


def is_grouped(text: str) -> bool:
    """Tell whether a text may be a whole number with its thousands set apart: 1.635."""
    return _THOUSANDS.fullmatch(text) is not None


def figure_code(value: object) -> str:
    """Return the code of what is wrong with a value that the contract refused as a figure."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "negative" if value < 0 else "too_large_number"
    return _text_code(value) if isinstance(value, str) else "not_a_figure"


def _text_code(text: str) -> str:
    if _DASHES.fullmatch(text):
        return "dash"
    if text.startswith("-"):
        return "negative"
    if is_grouped(text) or _APART.fullmatch(text):
        return "thousands_separator"  # "1.635" is how Vietnamese writes 1635
    if _DECIMAL_COMMA.fullmatch(text):
        return "decimal_comma"
    if text.isascii() and text.isdigit() and int(text[:18]) > COUNT_MAX:
        return "too_large_number"
    return "not_a_decimal"
