"""The table of the articles' sentences, as `sentences.yaml` describes it."""

from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("sentences.yaml")


class ReportKey(NamedTuple):
    """The unit that reports, the form and the period."""

    unit: str
    form: str
    period: str


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    fact: str


class Sentence(_Fact):
    """A figure of an article: where it stands, and how it is shown."""

    unit: str
    by: Literal["area", "front"] = "area"
    form: str
    period: str
    cell: str
    value: int | str | None
    qualifier: Literal["exact", "at_least", "at_most", "about"] = "exact"
    derived: bool = False
    computed: bool = False
    display: str
    compare_with: str | None = None
    change: str | None = None

    @property
    def reporter(self) -> str:
        """The key of the unit that states it."""
        return f"{self.unit}.MT" if self.by == "front" else self.unit

    @property
    def key(self) -> ReportKey:
        """The report that it is sent with."""
        return ReportKey(self.reporter, self.form, self.period)


class Elsewhere(_Fact):
    """A fact that is no figure, and where it is kept."""

    where: str


class Nowhere(_Fact):
    """A fact that has no place, and why."""

    why: str


class ArticleTable(BaseModel):
    """All that one article says of what is reported."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article: str
    sentences: tuple[Sentence, ...]
    elsewhere: tuple[Elsewhere, ...] = ()
    nowhere: tuple[Nowhere, ...] = ()


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Literal[1]
    articles: tuple[ArticleTable, ...]


@lru_cache(maxsize=1)
def table() -> tuple[ArticleTable, ...]:
    """Return the table, article by article."""
    return _Document.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8"))).articles


def sentences() -> tuple[Sentence, ...]:
    """Return the sentences of all articles."""
    return tuple(sentence for article in table() for sentence in article.sentences)
