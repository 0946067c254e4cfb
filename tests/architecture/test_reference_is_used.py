"""Every public function of shared/reference is called where people look, not by tests alone."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from tools.generate.files import ROOT

FOLDERS = ("services", "shared", "tools")
UNUSED: Mapping[str, str] = {
    "may_report": "tests hold the catalogue against Law 10/2022 Art. 82 with it",
    "period_containing": "tests name the period of a day with it",
}
"""Names that nobody calls, each with the reason why it stays."""


def test_no_fact_is_kept_that_nobody_shows() -> None:
    """The standing agency and the roles of a committee were recorded, and visible nowhere."""
    defined = {name for tree in _trees("shared/reference") for name in _public(tree)}

    unused = defined - _mentioned(_trees(*FOLDERS))

    assert len(defined) > 100
    assert unused == UNUSED.keys()


def test_a_function_without_a_caller_is_noticed() -> None:
    """The guard can fail: a definition, an import and a word of a docstring are no call."""
    source = '"""land"""\nfrom x import land\n\ndef land(): ...\n\ndef money(): ...\n\nmoney()\n'
    tree = ast.parse(source)

    assert list(_public(tree)) == ["land", "money"]
    assert _mentioned([tree]) == {"money"}


def _trees(*folders: str) -> list[ast.Module]:
    files = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files]


def _public(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name


def _mentioned(trees: Iterable[ast.Module]) -> set[str]:
    nodes = (node for tree in trees for node in ast.walk(tree))
    names = {ast.Name: "id", ast.Attribute: "attr"}
    return {getattr(node, names[type(node)]) for node in nodes if type(node) in names}
