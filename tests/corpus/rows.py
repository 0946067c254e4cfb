"""The rows of the corpus, as `results.yaml` describes them."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.reference.dates import DateSpan

_FILE = Path(__file__).with_name("results.yaml")

Body = Literal[
    "area",
    "front",
    "front_of_districts",
    "fronts_of_communes",
    "inspectorate",
    "justice",
    "unions",
]
Gap = Literal["indicator", "sum", "split", "unit", "level", "decimals", "window", "meaning"]


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Area(_Fact):
    """The unit that figures are of."""

    key: str
    name: str


class Window(_Fact):
    """The days that figures are of, both ends included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @property
    def span(self) -> DateSpan:
        """The same as a span of days."""
        return DateSpan(self.first, self.last)


class Qualified(_Fact):
    """A figure that the page gives as "more than", "almost" or "about" a number."""

    value: int
    qualifier: Literal["at_least", "at_most", "about"]


class Entered(_Fact):
    """What one body reports on one form."""

    form: str
    by: Body
    unit: str | None = None
    figures: Mapping[str, int | str | Qualified | None]


class Lacking(_Fact):
    """A stated figure that no cell of ours means, and what kind of gap that is."""

    what: str
    value: int | str | tuple[int, ...]
    kind: Gap
    qualifier: Literal["at_least", "at_most", "about"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _list(cls, row: dict[str, object]) -> dict[str, object]:
        value = row.get("value")
        return {**row, "value": tuple(value)} if isinstance(value, list) else row


class Contradiction(_Fact):
    """A figure that the page prints, and what its own other figures give instead."""

    printed: int | str
    gives: int | str
    of: tuple[int, int] | None = None
    parts: tuple[int, ...] = ()
    cell: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, row: dict[str, object]) -> dict[str, object]:
        return {key: tuple(it) if isinstance(it, list) else it for key, it in row.items()}


class Row(_Fact):
    """One published result."""

    id: str
    area: Area
    publisher: str
    published: date | str | None
    url: str
    window: Window
    reports: list[Entered]
    totals: Mapping[str, int] = Field(default_factory=dict)
    findings: Mapping[str, str] = Field(default_factory=dict)
    lacking: list[Lacking] = Field(default_factory=list)
    contradicts: list[Contradiction] = Field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Tell whether every figure of the page has a cell."""
        return bool(self.reports) and not self.lacking

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.reports and not self.lacking:
            raise ValueError(f"{self.id} states no figure")
        return self


class _Document(_Fact):
    version: Literal[1]
    rows: list[Row]


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Return the corpus."""
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(_Document.model_validate(document).rows)
