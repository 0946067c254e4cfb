"""Why a value cannot be a figure, as precisely as the sender can use it."""

import re

from shared.contracts.values import COUNT_MAX

_THOUSANDS = re.compile(r"[0-9]{1,3}([., ][0-9]{3})+")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")


def figure_code(value: object) -> str:
    """Return the code of what is wrong with a value that the contract refused as a figure."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "negative" if value < 0 else "too_large_number"
    if not isinstance(value, str):
        return "not_a_figure"
    if value.startswith("-"):
        return "negative"
    if _THOUSANDS.fullmatch(value):
        return "thousands_separator"  # "1.635" is how Vietnamese writes 1635
    if _DECIMAL_COMMA.fullmatch(value):
        return "decimal_comma"
    if value.isascii() and value.isdigit() and int(value[:18]) > COUNT_MAX:
        return "too_large_number"
    return "not_a_decimal"
