"""A file is read in one sitting and a function on one screen."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [
    it for part in ("shared", "services", "tools") for it in sorted((ROOT / part).rglob("*.py"))
]
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 45


@pytest.mark.parametrize("path", FILES, ids=lambda it: str(it.relative_to(ROOT)))
def test_size(path: Path) -> None:
    """Split a module by subject, and a function by its next reader's question."""
    source = path.read_text(encoding="utf-8")
    long = [
        it.name
        for it in ast.walk(ast.parse(source))
        if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)
        and (it.end_lineno or 0) - it.lineno >= FUNCTION_LINES_MAX
    ]

    assert len(source.splitlines()) <= FILE_LINES_MAX
    assert not long
