"""The plumbing knows no word of the trade: another product could run on it unchanged."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.generate.files import ROOT

INFRA = ROOT / "shared/infra"
TRADE = re.compile(
    r"aggregator|catalogue|commune|committee|deadline|digest|directory|directories|district|duty"
    r"|duties|figure|handover|indicator|intake|ledger|letter|lineage|merger|notice|notifier"
    r"|overdue|province|receipt|recipient|regime|report|submission|total|unit|watermark"
)
TERMS = re.compile(r"dead[_ -]?letter(?:ed|s)?", re.IGNORECASE)
"""The field's term for a message that cannot be read; nothing that a committee writes."""

VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
FILES = {str(it.relative_to(INFRA)): it for it in sorted(INFRA.rglob("*.py"))}
TABLES = {str(it.relative_to(INFRA)): it for it in sorted(INFRA.rglob("*.sql"))}


@pytest.mark.parametrize("name", FILES)
def test_no_name_and_no_text_is_of_the_trade(name: str) -> None:
    """Prose may say what the plumbing is used for; identifiers and strings may not."""
    assert _of_the_trade(_names_and_texts(FILES[name])) == set()


@pytest.mark.parametrize("name", TABLES)
def test_no_table_is_of_the_trade(name: str) -> None:
    """A table of a service belongs to the service."""
    sql = TABLES[name].read_text(encoding="utf-8")

    assert _of_the_trade([re.sub("--.*", "", sql)]) == set()


@pytest.mark.parametrize("name", [*FILES, *TABLES])
def test_nothing_is_vietnamese(name: str) -> None:
    """What people read stands in a catalogue (``*_vi.toml``)."""
    assert not VIETNAMESE.search((INFRA / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("province_of", {"province"}),
        ("DirectoryUnread", {"directory"}),
        ("qcdc.submissions.{source}.v1", {"submissions"}),
        ("qcdc.dead-letters.v1", set()),
        ("RecordDeadLettered", set()),
    ],
)
def test_words_are_found_in_every_spelling(text: str, found: set[str]) -> None:
    """The guard itself can fail."""
    assert _of_the_trade([text]) == found


def _of_the_trade(texts: list[str]) -> set[str]:
    bare = (TERMS.sub("", text) for text in texts)
    words = (it.lower() for text in bare for it in re.findall("[A-Z]?[a-z]+|[A-Z]+", text))
    return {it for it in words if TRADE.fullmatch(it.removesuffix("s"))}


def _names_and_texts(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [text for node in ast.walk(tree) for text in _of_node(node)]


def _of_node(node: ast.AST) -> Iterator[str]:
    """Yield what a node names or says; an expression that is only a string is prose."""
    if isinstance(node, ast.Name):
        yield node.id
    if isinstance(node, ast.Attribute):
        yield node.attr
    if isinstance(node, ast.arg | ast.keyword):
        yield node.arg or ""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.alias):
        yield node.name
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and not isinstance(node, ast.Expr):
            yield str(child.value)
