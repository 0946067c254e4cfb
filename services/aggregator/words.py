"""The Vietnamese words and sentences of the aggregator, read once from their catalogue."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

_CATALOGUE = tomllib.loads((Path(__file__).parent / "messages_vi.toml").read_text(encoding="utf-8"))

ABSENT: str = _CATALOGUE["figures"]["absent"]
WITHHELD: Mapping[str, str] = _CATALOGUE["figures"]
"""What stands in the place of a figure, by the reason why it is withheld."""

SENTENCES: Mapping[str, str] = _CATALOGUE["sentences"]
"""By the code of the problem that they explain."""
