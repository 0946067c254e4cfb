"""
JSON as a register of figures needs it: nothing is guessed, rounded or silently dropped.

``json.loads`` keeps the last of two equal keys, turns ``1e3`` into a float and reads ``NaN``.
Here such a token becomes a ``RefusedToken`` value in its place, so that the structure check that
follows can name the field; only bytes that are no JSON document at all raise ``Unreadable``.
"""

import json
from dataclasses import dataclass
from typing import Any

BODY_BYTES_MAX = 1_048_576
"""Kafka's default ``max.message.bytes``; also the limit of an HTTP submission."""

DIGITS_MAX = 18


class Unreadable(ValueError):
    """The bytes are not a JSON document within our limits; the message is a reason code."""


@dataclass(frozen=True, slots=True)
class RefusedToken:
    """A token that JSON allows, or nearly allows, and we do not; ``why`` is a reason code."""

    why: str
    text: str


def parse(body: bytes | None) -> Any:
    """
    Read one JSON document.

    Raises:
        Unreadable: with ``empty``, ``too_large``, ``not_utf8``, ``not_json`` or ``too_deep``.

    """
    if not body:
        raise Unreadable("empty")
    if len(body) > BODY_BYTES_MAX:
        raise Unreadable("too_large")
    try:
        text = body.decode("utf-8")
        text.encode("utf-16-le")  # refuses lone surrogates written as bytes
    except UnicodeError:
        raise Unreadable("not_utf8") from None
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=lambda token: RefusedToken("decimal_not_text", token[:40]),
            parse_constant=lambda token: RefusedToken("not_a_number", token),
        )
    except RecursionError:
        raise Unreadable("too_deep") from None
    except ValueError:
        raise Unreadable("not_json") from None


def _integer(token: str) -> int | RefusedToken:
    if token.startswith("-0"):
        return RefusedToken("negative_zero", token[:40])
    if len(token.lstrip("-")) > DIGITS_MAX:
        return RefusedToken("too_many_digits", token[:40])
    return int(token)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        found[key] = RefusedToken("duplicate_key", key[:60]) if key in found else value
    return found
