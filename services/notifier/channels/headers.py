"""
Header fields with text in any language, written as RFC 5322 and RFC 2047 say.

Our own few lines, since Python's ``email`` writes other bytes in each release: 3.11 and 3.12 lose
a blank or send an encoded line break as one, 3.13.0 doubles a blank or runs two encoded words
together. A text that needs encoding is encoded whole, blanks included, so nothing of it depends on
where a line was folded.
"""

import base64
from collections.abc import Iterator

from services.notifier.domain.unit_names import one_line

_LINE_MAX = 76
"""Characters of a line with encoded words (RFC 2047 section 2)."""

# An encoded word of 52 characters of base64 has 64, at most 75 are allowed; so it fits on the
# first line of a field, too, behind a name of up to 12 characters.
_BYTES_OF_WORD = 39
_FOLD = "\r\n "


def text_field(name: str, text: str) -> str:
    """Return a field that people read, such as the subject; *text* becomes one line."""
    text = one_line(text)
    line = f"{name}: {text}".rstrip()
    if _is_plain(text) and len(line) <= _LINE_MAX:
        return line
    return f"{name}: {_encoded(text)}"


def mailbox_field(name: str, display_name: str, address: str) -> str:
    """Return a field with one mailbox; *address* is visible ASCII, the display name any text."""
    display_name = one_line(display_name)
    if not display_name:
        return f"{name}: {address}"
    field = f"{name}: {_quoted(display_name)}"
    if not _is_plain(display_name) or len(field) > _LINE_MAX:
        field = f"{name}: {_encoded(display_name)}"
    last_line = field.rpartition(_FOLD)[2]
    fits = len(last_line) + len(address) + len(" <>") <= _LINE_MAX
    return f"{field}{' ' if fits else _FOLD}<{address}>"


def _is_plain(text: str) -> bool:
    """Tell whether text is visible ASCII that nobody can take for an encoded word."""
    return text.isascii() and text.isprintable() and "=?" not in text and "?=" not in text


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded(text: str) -> str:
    words = (base64.b64encode(it).decode("ascii") for it in _pieces(text))
    return _FOLD.join(f"=?utf-8?b?{it}?=" for it in words)


def _pieces(text: str) -> Iterator[bytes]:
    """Yield the text in UTF-8, cut between characters: each piece is decoded on its own."""
    piece = b""
    for character in text:
        encoded = character.encode()
        if len(piece) + len(encoded) > _BYTES_OF_WORD:
            yield piece
            piece = b""
        piece += encoded
    yield piece
