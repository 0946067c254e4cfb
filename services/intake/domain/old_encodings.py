"""
Text that was typed in an encoding from before Unicode: TCVN3 (ABC) or VNI.

On the wire such text is Latin-1: "Sè liÖu ®Õn ngµy" is TCVN3, "Soá lieäu ñeán ngaøy" VNI. It is
recognised by letter pairs that neither Vietnamese nor its neighbours have, two words at least.
"""

import re

# TCVN3 uses symbols as letters: ® is đ, µ is à, ¸ is á, a soft hyphen is ư.
_SYMBOL = re.compile(r"[A-Za-z][µ¸¶·¹¨©ª«¬\xad]|®[A-Za-zµ¸¶·¹¨©ª«¬\xadÀ-ÿ]")
_LETTER = re.compile(r"[A-Za-z][ÆÇËÎÏÑÖ×ØÜÞßäåæçëîïñöøûüþ÷]")
# VNI writes the marks as a second letter: aø is à, eä is ệ; ñ is đ, ö is ư.
_PAIR = re.compile(r"[aeoyuôö][øûïåäüæ]", re.IGNORECASE)
_D = re.compile(r"ñ[aeoyuiôö]", re.IGNORECASE)
_WORDS_MIN = 2


def old_encoding(text: str) -> str | None:
    """Return the name of the encoding that a text was typed in, None for Unicode."""
    words = text.split()
    symbols = sum(map(bool, map(_SYMBOL.search, words)))
    if (
        symbols
        and sum(bool(_SYMBOL.search(it) or _LETTER.search(it)) for it in words) >= _WORDS_MIN
    ):
        return "TCVN3 (ABC)"
    pairs = sum(map(bool, map(_PAIR.search, words)))
    if pairs and sum(bool(_PAIR.search(it) or _D.search(it)) for it in words) >= _WORDS_MIN:
        return "VNI"
    return None
