"""What ``articles.yaml`` says, as frozen models, and the sample units below each article's area."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from shared.reference.directory import Directory, Unit
from shared.reference.periods import Period, parse_period, periods_between
from shared.reference.units import UNIT_COLUMNS

_FILE = Path(__file__).with_name("articles.yaml")
REGIMES = Path(__file__).with_name("regimes.yaml")
"""The windows in which the articles report, in the shape of shared/data/regimes.yaml."""


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
    qualifier: Literal["at_least", "at_most", "about"] | None = None


class StockMovement(_Fact):
    """Opening, new, removed, closing; a removal that is not stated is null."""

    opening: NonNegativeInt
    new: NonNegativeInt
    removed: NonNegativeInt | None
    closing: NonNegativeInt


class Block(_Fact):
    """
    Figures of one form for a ``period``, a year or the window in which the article reports.

    A test may spread them over the years ``from`` one ``to`` another.
    """

    form: str
    by: Literal["units", "area"] = "units"
    first: str = Field(alias="from")
    last: str = Field(alias="to")
    figures: dict[str, Stated] = Field(default_factory=dict)
    stock: StockMovement | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_period(cls, block: dict[str, object]) -> dict[str, object]:
        if "period" not in block:
            return block
        others = {name: it for name, it in block.items() if name != "period"}
        return {"from": block["period"], "to": block["period"], **others}

    def periods(self) -> tuple[Period, ...]:
        """Return the periods that it is reported for. Raises ValueError when it names none."""
        first, last = parse_period(self.first), parse_period(self.last)
        if first is None or last is None:
            raise ValueError(f"{self.first} to {self.last} are no periods")
        return (first,) if first == last else periods_between(first, last)


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


KNOWN_FROM = date(2017, 1, 1)
"""Before the first year of any article."""
ENDED = date(2025, 6, 30)
"""The last day of the units of before the reform of 1 July 2025."""


def sample_units(article: Article) -> tuple[Unit, ...]:
    """Return an article's roster; communes lie in the sample districts, where there are any."""
    roster = article.roster
    districts = [
        _unit(f"FX-{article.area}-D{n:02}", "district", "huyen", f"Huyện mẫu {n:02}", article.area)
        for n in range(1, roster.districts + 1)
    ]
    parents = [it.key for it in districts] or [article.area]
    communes = [
        _unit(
            f"FX-{article.area}-{n:04}",
            "commune",
            "xa",
            f"Xã mẫu {n:03}",
            parents[n % len(parents)],
        )
        for n in range(1, roster.communes + 1)
    ]
    return (*districts, *communes)


def demo_units(units: Iterable[Unit], articles: Iterable[Article]) -> list[Unit]:
    """
    Return the real units with the articles' rosters in place of those they stand for.

    Below an article's area go the communes of before the reform, and the districts where the
    roster has its own. All of today's units stay. A roster is its area as it was in the years of
    its article, so these areas are known since then.
    """
    real = list(units)
    directory = Directory(real)
    rosters = [it for it in articles if it.roster.communes]
    replaced = {
        unit.key
        for article in rosters
        for unit in directory.below(article.area)
        if unit.level == "commune" or article.roster.districts
    }
    samples = [unit for article in rosters for unit in sample_units(article)]
    areas = {it.area for it in rosters}
    kept = [
        replace(unit, known_from=KNOWN_FROM) if unit.key in areas else unit
        for unit in real
        if unit.key not in replaced
    ]
    return [*kept, *samples]


def write_directory(folder: Path, units: Iterable[Unit]) -> tuple[Path, Path]:
    """Write units as files like shared/data/units.csv and known_from.yaml; return both."""
    units = list(units)
    table, known = folder / "units.csv", folder / "known_from.yaml"
    with table.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(UNIT_COLUMNS)
        rows.writerows([[getattr(unit, name) for name in UNIT_COLUMNS] for unit in units])
    stated = [
        {"day": unit.known_from, "units": [unit.key], "source": "tools/demo"}
        for unit in units
        if unit.known_from
    ]
    known.write_text(yaml.safe_dump({"version": 1, "known_from": stated}), encoding="utf-8")
    return table, known


def _unit(key: str, level: str, kind: str, name: str, parent: str) -> Unit:
    return Unit(key, key, level, kind, name, parent, valid_from=None, valid_to=ENDED)
