"""The body of a POST: read with a limit, and cut into the documents that it holds."""

import json
import re
from collections.abc import AsyncIterator, Sequence

from services.intake.usecases.documents import BodyRefused

BODY_BYTES_MAX_IN_ALL = 16 * 1_048_576
ITEMS_MAX = 1000
_BLANK = re.compile(r"[ \t\n\r]*")
# Finds where an item ends and nothing else; strict_json reads the item afterwards.
_EXTENT = json.JSONDecoder(
    object_pairs_hook=lambda _: None,
    parse_int=len,
    parse_float=len,
    parse_constant=len,
)


async def read_body(chunks: AsyncIterator[bytes]) -> bytes:
    """
    Read a body without ever holding more than the limit.

    Raises:
        BodyRefused: 413.

    """
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > BODY_BYTES_MAX_IN_ALL:
            raise BodyRefused(413, "too_large_in_all")
    return bytes(body)


def is_array(body: bytes) -> bool:
    """Tell by its first character whether a body is a list of documents."""
    return body.lstrip(b" \t\n\r")[:1] == b"["


def items_of(body: bytes) -> Sequence[bytes]:
    """
    Cut a JSON array into its items, byte for byte as they were sent.

    Raises:
        BodyRefused: 400 when it is no array of JSON values, 413 when there are too many.

    """
    try:
        items = _cut(body.decode("utf-8"))
    except UnicodeError:
        raise BodyRefused(400, "not_utf8") from None
    except RecursionError:
        raise BodyRefused(400, "too_deep") from None
    except ValueError:
        raise BodyRefused(400, "not_json") from None
    if not items:
        raise BodyRefused(400, "empty")
    if len(items) > ITEMS_MAX:
        raise BodyRefused(413, "too_many_items", len(items))
    return [item.encode() for item in items]


def _cut(text: str) -> list[str]:
    items: list[str] = []
    place = _skip(text, _skip(text, 0) + 1)
    if text[place : place + 1] == "]":
        return _ended(text, place, items)
    while True:
        start, (_, place) = place, _EXTENT.raw_decode(text, place)
        items.append(text[start:place])
        place = _skip(text, place)
        if text[place : place + 1] != ",":
            return _ended(text, place, items)
        place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    match = _BLANK.match(text, place)
    return match.end() if match else place


def _ended(text: str, place: int, items: list[str]) -> list[str]:
    if text[place : place + 1] != "]" or _skip(text, place + 1) != len(text):
        raise ValueError("the array does not end where the text does")
    return items
