"""
Every sentence with a figure of the five articles: stored, added up and shown as it says.

The table is `sentences.yaml`; that an altered row is noticed shows that each row is read.
"""

from collections.abc import Iterator

import pytest

from shared.reference.periods import parse_period
from tests.articles import read
from tests.articles.entry import objections, world_of
from tests.articles.table import Sentence, sentences, table
from tests.golden.world import World

SAYABLE = tuple(it for it in sentences() if parse_period(it.period))
OTHER_NAME = {"reception_persons": "reception_person_visits"}
"""Golden's figure of *lượt người* is either; the table keeps it where a source states only this."""


@pytest.fixture(scope="module")
def world() -> World:
    """Return our facts, with those who state the figures."""
    return world_of(sentences())


def test_every_sentence_comes_out_as_it_says(world: World) -> None:
    """Every report is accepted; totals, displays and changes are those of the table."""
    assert objections(SAYABLE, world) == []


def altered(sentence: Sentence) -> Iterator[Sentence]:
    """Yield a sentence with another figure, another display, another change, another cell."""
    other: int | str = 7
    if isinstance(sentence.value, int):
        other = sentence.value + 1
    elif sentence.value is not None:
        other = f"{sentence.value[:-1]}{(int(sentence.value[-1]) + 1) % 10}"
    yield sentence.model_copy(update={"value": other})
    yield sentence.model_copy(update={"display": f"{sentence.display}0"})
    yield sentence.model_copy(update={"cell": f"{sentence.cell}x"})
    if sentence.value is not None:
        yield sentence.model_copy(update={"value": None})
    if sentence.qualifier != "exact":
        yield sentence.model_copy(update={"qualifier": "exact"})
    if sentence.change:
        yield sentence.model_copy(update={"change": "giảm 70% so với năm 2021"})


@pytest.mark.parametrize("sentence", SAYABLE, ids=lambda it: f"{it.unit}-{it.period}-{it.cell}")
def test_an_altered_row_is_objected_to(sentence: Sentence, world: World) -> None:
    """A row that nobody reads could say anything."""
    others = [it for it in SAYABLE if it.unit == sentence.unit and it is not sentence]

    for it in altered(sentence):
        assert objections([*others, it], world) != [], it


def test_the_table_holds_every_figure_of_the_golden_file() -> None:
    """What is held against laws and answers there is told sentence by sentence here."""
    known = {
        (article.article, it.cell.partition("[")[0], str(it.value))
        for article in table()
        for it in article.sentences
    }
    for scenario in read("scenarios", list[dict[str, object]]):
        for fact in _facts(scenario):
            cell = str(fact["indicator"])
            said = f"{scenario['article']:03}", OTHER_NAME.get(cell, cell), str(fact["value"])
            assert said in known, said


def _facts(scenario: dict[str, object]) -> Iterator[dict[str, object]]:
    blocks = scenario.get("blocks") or [scenario]
    assert isinstance(blocks, list)
    for block in blocks:
        yield from block["facts"]


def test_what_is_no_figure_is_kept_somewhere_or_named_as_a_gap() -> None:
    """Each article is told whole: no fact is silently left out."""
    assert [it.article for it in table()] == ["000", "001", "002", "003", "004"]
    for article in table():
        assert article.sentences
        assert all(it.where.startswith("/v1/") for it in article.elsewhere)
        assert all(it.why for it in article.nowhere)
