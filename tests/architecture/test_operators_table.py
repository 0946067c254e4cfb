"""The operators' table of docs/OPERATIONS.md holds every condition, and its way out."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages

import pytest
from typer.testing import CliRunner

import services
import shared
from shared.infra.health import HealthCondition
from tools.generate.files import ROOT
from tools.qcdc.main import app

_HEAD = "### What a complaint means"
_NAME = re.compile(r"`(\w+)`")
_VERB = re.compile(r"`qcdc ([a-z][a-z -]*[a-z])")


def _rows(document: str) -> Mapping[str, tuple[bool, str]]:
    """Return, of each condition, whether it has a star and what stands in the last column."""
    part = document.partition(_HEAD)[2].partition("\n#")[0]
    lines = [it.strip("|").split("|") for it in part.splitlines() if it.startswith("| `")]
    return {
        name: ("*" in cells[0], cells[-1].strip())
        for cells in lines
        for name in _NAME.findall(cells[0])
    }


def _conditions() -> dict[str, HealthCondition]:
    """Return every condition of every part, wherever it is defined."""
    for package in (shared, services):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    return {it.value: it for kind in HealthCondition.__subclasses__() for it in kind}


def _faults(document: str, conditions: Mapping[str, HealthCondition]) -> Iterator[str]:
    """Yield what is wrong between the table and the code."""
    rows = _rows(document)
    yield from (f"{it} has no row" for it in conditions.keys() - rows.keys())
    yield from (f"{it} is no condition" for it in rows.keys() - conditions.keys())
    for name in rows.keys() & conditions.keys():
        condition, (star, column) = conditions[name], rows[name]
        if star != condition.prevents_answers:
            yield f"{name}: a star means that it prevents answers"
        wanted = condition.remedy if condition.remedy.startswith("nothing: ") else ""
        if condition.remedy.startswith("qcdc "):
            wanted = f"`{condition.remedy}"
        if not wanted or wanted not in column:
            yield f"{name}: its remedy is {condition.remedy!r}, its row says {column!r}"


def test_every_condition_has_its_row() -> None:
    """An operator's alert names these words; nobody searches the code at night."""
    document = (ROOT / "docs/OPERATIONS.md").read_text(encoding="utf-8")

    assert sorted(_faults(document, _conditions())) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("| `breaker_open` |", "| `breaker_shut` |", "breaker_open has no row"),
        ("| `breaker_open` |", "| `breaker_shut` |", "breaker_shut is no condition"),
        ("| `breaker_open` |", "| `breaker_open` * |", "breaker_open: a star means"),
        ("`qcdc dead-letters reset` |", "wait |", "breaker_open: its remedy is"),
    ],
)
def test_a_table_that_lies_is_found(before: str, after: str, fault: str) -> None:
    """The guard can fail, both ways."""
    document = (ROOT / "docs/OPERATIONS.md").read_text(encoding="utf-8")
    assert before in document

    faults = list(_faults(document.replace(before, after), _conditions()))

    assert [it for it in faults if it.startswith(fault)]


def test_every_verb_of_the_table_exists() -> None:
    """A remedy that ``qcdc`` does not know is none."""
    rows = _rows((ROOT / "docs/OPERATIONS.md").read_text(encoding="utf-8"))
    verbs = {verb for _, column in rows.values() for verb in _VERB.findall(column)}
    remedies = {it.remedy for it in _conditions().values() if it.remedy.startswith("qcdc ")}
    asked = verbs | {it.removeprefix("qcdc ") for it in remedies}

    helped = {it: CliRunner().invoke(app, [*it.split(), "--help"]) for it in sorted(asked)}

    assert asked
    assert [it for it, answer in helped.items() if answer.exit_code] == []
