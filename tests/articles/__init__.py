"""
The golden cases: figures of real press articles and facts of law, held against what we compute.

`golden.yaml` holds facts only. `read` returns a part of it as typed rows.
"""

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter

_FILE = Path(__file__).with_name("golden.yaml")
_Kind = TypeVar("_Kind")


def read(place: str, kind: type[_Kind]) -> _Kind:
    """Return the golden file's part at `a.b.c` ("" is all) as a kind; extra fields drop out."""
    part = _document()
    for name in filter(None, place.split(".")):
        part = TypeAdapter(dict[str, object]).validate_python(part)[name]
    return TypeAdapter(kind).validate_python(part)


@lru_cache(maxsize=1)
def _document() -> object:
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))
