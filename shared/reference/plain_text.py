"""
Text as people type it: what looks alike is alike, and nothing hides in it.

One rule for the files of facts and for the texts of a submission.
"""

import re
import unicodedata

# Controls, direction and zero-width marks, surrogates, private and unassigned characters,
# line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What other categories have without a shape of its own (Default_Ignorable_Code_Point of Unicode;
# U+2800 is a blank of braille): joiners, fillers, and variation selectors that follow no symbol.
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef]"
    "|(?<![\u2000-\u2bff\U0001f000-\U0001faff])[\ufe00-\ufe0f]"
)


def hidden_character(text: str) -> str | None:
    """
    Return the first character that no eye can see, None when there is none.

    Blanks are seen, and a plain line feed is how people write two sentences.
    """
    if found := _SHAPELESS.search(text):
        return found[0]
    if text.replace("\n", " ").isprintable():
        return None
    return next((it for it in text if it != "\n" and unicodedata.category(it) in _HIDDEN), None)


def plain(text: str) -> str:
    """
    Return a text in composed Unicode (NFC), without blanks around, with single ones between words.

    Non-breaking spaces and line breaks are blanks. Raises ValueError on a hidden character.
    """
    joined = " ".join(unicodedata.normalize("NFC", text).split())
    if found := hidden_character(joined):
        raise ValueError(f"holds a character that cannot be seen: U+{ord(found):04X} in {joined!a}")
    return joined
