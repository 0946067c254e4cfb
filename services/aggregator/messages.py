"""The Vietnamese words and sentences of the aggregator, read once from their catalogue."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path


def absent() -> str:
    """Return what stands in the place of a figure that nobody reported."""
    return _catalogue()["figures"]["absent"]


def withheld(reason: str) -> str:
    """Return what stands in the place of a figure that is withheld for *reason*."""
    return _catalogue()["figures"][reason]


def sentence(code: str, /, **values: object) -> str:
    """Return the sentence that explains the problem *code*, with *values* filled in."""
    return _catalogue()["sentences"][code].format(**values)


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    text = (Path(__file__).parent / "messages_vi.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
