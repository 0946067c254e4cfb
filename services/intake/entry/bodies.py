"""The body of a POST: read with a limit, and cut into the documents that it holds."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

from services.intake.domain.submissions import SentDocument, usable_event_id
from shared.contracts.strict_json import Unreadable, parse

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


class BodyRefused(Exception):
    """The body as a whole cannot be taken; the message is a code."""

    def __init__(self, status: int, code: str, count: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.count = count


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


def document_of(body: bytes) -> dict[str, Any]:
    """
    Read one document.

    Raises:
        BodyRefused: 413 when it is too large, 400 when it is not a JSON object.

    """
    try:
        document = parse(body)
    except Unreadable as reason:
        code = str(reason)
        raise BodyRefused(413 if code == "too_large" else 400, code) from None
    if not isinstance(document, dict):
        raise BodyRefused(400, "not_an_object")
    return document


def open_document(body: bytes) -> SentDocument | BodyRefused:
    """Read one document together with its event id; return the refusal instead of raising it."""
    try:
        content = document_of(body)
    except BodyRefused as refusal:
        return refusal
    event_id = usable_event_id(content)
    return (
        SentDocument(event_id, body, content) if event_id else BodyRefused(422, "missing_event_id")
    )


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
    offset = _skip(text, _skip(text, 0) + 1)
    if text[offset : offset + 1] == "]":
        return _ended(text, offset, items)
    while True:
        start, (_, offset) = offset, _EXTENT.raw_decode(text, offset)
        items.append(text[start:offset])
        offset = _skip(text, offset)
        if text[offset : offset + 1] != ",":
            return _ended(text, offset, items)
        offset = _skip(text, offset + 1)


def _skip(text: str, offset: int) -> int:
    match = _BLANK.match(text, offset)
    return match.end() if match else offset


def _ended(text: str, offset: int, items: list[str]) -> list[str]:
    if text[offset : offset + 1] != "]" or _skip(text, offset + 1) != len(text):
        raise ValueError("the array does not end where the text does")
    return items
