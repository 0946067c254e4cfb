"""
Reads a raw message as RFC 5322 and RFC 2047 say, and shares no code with what wrote it.

Strict where mail programs differ: whatever one of them could show otherwise is an error here.
"""

import base64
import binascii
import re
from dataclasses import dataclass

_WORD = re.compile(r"=\?utf-8\?([bq])\?([!->@-~]+)\?=", re.IGNORECASE)
_MAILBOX = re.compile(r"(?:(?P<phrase>.*) )?<(?P<address>[!-;=?-~]+)>")
_WORD_MAX, _WORD_LINE_MAX, _LINE_MAX = 75, 76, 998


class Malformed(Exception):
    """Mail programs may read it in different ways."""


@dataclass(frozen=True)
class RawMessage:
    """The header fields in order, unfolded and undecoded, and the body."""

    fields: tuple[tuple[str, str], ...]
    body: bytes

    def field(self, name: str) -> str:
        """Return the only field of a name."""
        (value,) = (value for field, value in self.fields if field == name)
        return value

    @property
    def names(self) -> list[str]:
        """The names of the fields, in order."""
        return [name for name, _ in self.fields]


def read_message(content: bytes) -> RawMessage:
    """Split a message into fields and body; lines end with CRLF and nothing else does."""
    head, blank, body = content.partition(b"\r\n\r\n")
    if not blank:
        raise Malformed("no blank line ends the fields")
    if not head.isascii():
        raise Malformed("raw 8-bit in a field")
    fields: list[tuple[str, str]] = []
    for line in head.decode("ascii").split("\r\n"):
        _check(line)
        if found := re.fullmatch(r"([!-9;-~]+):(?: ([^ ].*))?", line):
            fields.append((found[1], found[2] or ""))
        elif fields and re.match(" [^ ]", line):
            fields[-1] = (fields[-1][0], fields[-1][1] + line)
        else:
            raise Malformed(f"no field, nor the fold of one by one blank: {line!r}")
    return RawMessage(tuple(fields), body)


def _check(line: str) -> None:
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line):
        raise Malformed(f"a control character in {line!r}")
    if len(line) > (_WORD_LINE_MAX if "=?" in line else _LINE_MAX):
        raise Malformed(f"{len(line)} characters in {line!r}")
    if line.endswith(" "):
        raise Malformed(f"a blank ends {line!r}")


def text_of(value: str) -> str:
    """Decode an unstructured field, such as the subject."""
    text, after_word = "", False
    for number, token in enumerate(value.split(" ")):
        word = _decoded(token)
        # RFC 2047 section 6.2: a blank between encoded words is not shown.
        blank = "" if number == 0 or (word is not None and after_word) else " "
        text += blank + (token if word is None else word)
        after_word = word is not None
    return text


def mailbox_of(value: str) -> tuple[str, str]:
    """Decode a field with one mailbox into display name and address."""
    if "<" not in value:
        return "", value
    found = _MAILBOX.fullmatch(value)
    if found is None:
        raise Malformed(f"no mailbox: {value!r}")
    phrase = found["phrase"] or ""
    if quoted := re.fullmatch(r'"((?:[^"\\]|\\.)*)"', phrase):
        return re.sub(r"\\(.)", r"\1", quoted[1]), found["address"]
    if any(_decoded(it) is None for it in phrase.split(" ") if it):
        raise Malformed(f"neither quoted nor encoded: {phrase!r}")
    # Section 5 (3): in a phrase an encoded word may hold these characters only.
    if not re.fullmatch(r"[A-Za-z0-9!*+/=_? -]*", phrase):
        raise Malformed(f"a character that no phrase may hold: {phrase!r}")
    return text_of(phrase) if phrase else "", found["address"]


def _decoded(token: str) -> str | None:
    """Return what an encoded word says; None when it is none."""
    found = _WORD.fullmatch(token)
    if found is None:
        if "=?" in token or "?=" in token:
            raise Malformed(f"something between a word and an encoded word: {token!r}")
        return None
    if len(token) > _WORD_MAX:
        raise Malformed(f"{len(token)} characters in {token!r}")
    kind, encoded = found.groups()
    try:
        raw = (
            base64.b64decode(encoded, validate=True)
            if kind.lower() == "b"
            else binascii.a2b_qp(encoded, header=True)
        )
        return raw.decode("utf-8")
    except ValueError as problem:
        raise Malformed(f"not decodable on its own: {token!r}") from problem
