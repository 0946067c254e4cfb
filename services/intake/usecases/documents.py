"""One document as it was sent: a JSON object, read strictly."""

from typing import Any

from shared.contracts.strict_json import Unreadable, parse


class BodyRefused(Exception):
    """The body as a whole cannot be taken; the message is a code."""

    def __init__(self, status: int, code: str, count: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.count = count


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
