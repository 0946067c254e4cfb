"""Text as people type it: what hides is found, what can be seen is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.plain_text import hidden_character, plain


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "\u2060", "\ufeff", "\u202e", "\u2066", "\u00ad", "\u034f", "\u3164", "\ufe0f"],
)
def test_what_no_eye_can_see_is_found(hidden: str) -> None:
    """Zero width, direction, soft hyphen, joiner, filler, variation of a letter."""
    assert hidden_character(f"Phù{hidden} Vân") == hidden
    with pytest.raises(ValueError, match=f"U\\+{ord(hidden):04X}"):
        plain(f"Phù{hidden} Vân")


@pytest.mark.parametrize("text", ["Phường Phủ Lý", "hai\ndòng", "a\u00a0b", "\u2764\ufe0f", "½ m²"])
def test_what_people_write_hides_nothing(text: str) -> None:
    """Two lines, a blank that does not break, a red heart."""
    assert hidden_character(text) is None


@given(st.text())
def test_plain_text_is_plain(text: str) -> None:
    """So a file that is published again changes nothing."""
    try:
        once = plain(text)
    except ValueError:
        return

    assert plain(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once.split(" ") == once.split() or not once
