"""What ``articles.yaml`` says, as frozen models; see the head of that file for its words."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from shared.reference.periods import Period, parse_period, periods_between

_FILE = Path(__file__).with_name("articles.yaml")


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Roster(_Fact):
    """How many sample units report below an area."""

    communes: NonNegativeInt
    districts: NonNegativeInt = 0


class Stated(_Fact):
    """One figure as an article states it: a whole number to be spread, or a decimal as it is."""

    value: NonNegativeInt | str
    weights: str = "size"
    qualifier: Literal["at_least", "about"] | None = None


class StockMovement(_Fact):
    """Opening, new, removed, closing; a removal that is not stated is null."""

    opening: NonNegativeInt
    new: NonNegativeInt
    removed: NonNegativeInt | None
    closing: NonNegativeInt


class Block(_Fact):
    """Figures of one form over the years from ``first`` to ``last``."""

    form: str
    by: Literal["units", "area"] = "units"
    first: str = Field(alias="from")
    last: str = Field(alias="to")
    figures: dict[str, Stated] = Field(default_factory=dict)
    stock: StockMovement | None = None

    def periods(self) -> tuple[Period, ...]:
        """Return the periods it covers. Raises ValueError when it names none."""
        first, last = parse_period(self.first), parse_period(self.last)
        if first is None or last is None:
            raise ValueError(f"{self.first} to {self.last} are no periods")
        return periods_between(first, last)


class Article(_Fact):
    """One article: an area, who reports below it, and what."""

    id: str
    article: str
    area: str
    roster: Roster
    blocks: tuple[Block, ...]

    def with_stock(self, stock: StockMovement) -> "Article":
        """Return the article with another movement of its stock: a variant of what is unknown."""
        blocks = [
            block.model_copy(update={"stock": stock}) if block.stock else block
            for block in self.blocks
        ]
        return self.model_copy(update={"blocks": tuple(blocks)})


class _Document(_Fact):
    version: Literal[1]
    articles: tuple[Article, ...]


@lru_cache(maxsize=1)
def articles() -> tuple[Article, ...]:
    """Return all articles, in the order of the file."""
    return _Document.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8"))).articles
