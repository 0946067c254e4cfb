"""The body of a POST: read with a limit, and cut into the documents that it holds."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.intake.domain.submissions import SentDocument, usable_event_id
from shared.contracts.strict_json import BODY_BYTES_MAX, Unreadable, parse
from shared.infra.threads import compute

BODY_BYTES_MAX_IN_ALL = 16 * 1_048_576
ITEMS_MAX = 1000
ITEM_USUAL = 16_384
_BLANK = re.compile(r"[ \t\n\r]*")
_ARRAY = re.compile(rb"[ \t\n\r]*\[")
# Finds where an item ends and nothing else; strict_json reads the item afterwards.
_EXTENT = json.JSONDecoder(
    object_pairs_hook=lambda _: None,
    parse_int=len,
    parse_float=len,
    parse_constant=len,
)


class BodyRefused(Exception):
    """The body, or one document of it, cannot be taken; the message is a code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class OpenedBody:
    """The documents of a body, each read or refused, and whether it holds several."""

    several: bool
    documents: Sequence[SentDocument | BodyRefused]


async def read_body(request: Request) -> bytes:
    """
    Read a body without ever holding more than the limit, nor any of one that announces more.

    What is too much is read and dropped, for as long as the server lets a body take: whoever is
    cut off while sending reads no answer. Who asks first (100-continue) is answered at once.

    Raises:
        BodyRefused: 413.

    """
    announced = request.headers.get("content-length", "")
    held, body = not announced.isdecimal() or int(announced) <= BODY_BYTES_MAX_IN_ALL, bytearray()
    if not held and "expect" in request.headers:
        raise BodyRefused(413, "too_large_in_all")
    async for chunk in request.stream():
        held = held and len(body) + len(chunk) <= BODY_BYTES_MAX_IN_ALL
        if held:
            body += chunk
        else:
            body.clear()
    if not held:
        raise BodyRefused(413, "too_large_in_all")
    return bytes(body)


async def open_body(body: bytes) -> OpenedBody:
    """
    Cut a body into its documents and read each; a large one in a thread, beside other requests.

    Raises:
        BodyRefused: when the body as a whole cannot be taken.

    """
    return await compute(lambda: _open(body), size=len(body))


def _open(body: bytes) -> OpenedBody:
    several = is_array(body)
    return OpenedBody(
        several, [open_document(it) for it in (items_of(body) if several else [body])]
    )


def is_array(body: bytes) -> bool:
    """Tell by its first character whether a body is a list of documents."""
    return _ARRAY.match(body) is not None


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
        BodyRefused: 400 when it is no array of JSON values, 413 when there are too many or one is
            larger than a document may be.

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
    return [item.encode() for item in items]


def _cut(text: str) -> list[str]:
    items: list[str] = []
    offset = _skip(text, _skip(text, 0) + 1)
    if text[offset : offset + 1] == "]":
        return _ended(text, offset, items)
    while True:
        start, offset = offset, _end_of_item(text, offset)
        if len(items) == ITEMS_MAX:
            raise BodyRefused(413, "too_many_items")
        items.append(text[start:offset])
        offset = _skip(text, offset)
        if text[offset : offset + 1] != ",":
            return _ended(text, offset, items)
        offset = _skip(text, offset + 1)


def _end_of_item(text: str, start: int) -> int:
    """
    Find where the item ends that begins at *start*, without looking beyond its largest size.

    The decoder does not let go of the interpreter before it has read what it was given, so it is
    given a window: first a small one, then as much as a document may hold.
    """
    before = ""
    for size in (ITEM_USUAL, BODY_BYTES_MAX + 1):
        window = text[start : start + size]
        cut_off = start + size < len(text)
        try:
            _, length = _EXTENT.raw_decode(window)
        except json.JSONDecodeError as problem:
            unterminated = problem.msg.startswith("Unterminated")
            if not cut_off or (not unterminated and str(problem) == before):
                raise  # a larger window does not move it: it is no JSON
            before = str(problem)
        else:
            if length < len(window) or not cut_off:  # a number may go on beyond the window
                return start + length
    raise BodyRefused(413, "too_large")


def _skip(text: str, offset: int) -> int:
    match = _BLANK.match(text, offset)
    return match.end() if match else offset


def _ended(text: str, offset: int, items: list[str]) -> list[str]:
    if text[offset : offset + 1] != "]" or _skip(text, offset + 1) != len(text):
        raise ValueError("the array does not end where the text does")
    return items
