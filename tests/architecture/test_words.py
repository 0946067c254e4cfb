"""The code says the field's words; those that were retired do not come back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.generate.files import ROOT

RETIRED = re.compile(
    r"(?<![a-z])(desks?|doors?|dockets?|dossiers?|holdings|sheets?|pictures?|registers|archives?)"
    r"(?![a-z])",
    re.IGNORECASE,
)
"""Metaphors of an office; ``docs/GLOSSARY.md`` has the field's terms."""

CLASSES = {
    "Arrived",
    "Books",
    "Facts",
    "Holdings",
    "Letter",
    "Needs",
    "Register",
    "Standing",
    "Told",
}
"""Too common as words, but no class may be named so."""

APPLIED = re.compile(r"migrations/(0001|0002|0003_report_series)")
"""An applied migration never changes, and one that renames names what it renames."""

FOLDERS = ("services", "shared", "tools", "benchmarks", "examples")
FILES = [
    file
    for folder in FOLDERS
    for pattern in ("*.py", "*.sql")
    for file in sorted((ROOT / folder).rglob(pattern))
    if not APPLIED.search(file.as_posix())
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_retired_word_is_used(folder: str) -> None:
    """Neither in a name nor in prose: two words for one thing are one too many."""
    files = [it for it in FILES if it.is_relative_to(ROOT / folder)]

    assert files
    assert [hit for file in files for hit in _hits(file)] == []


def test_a_retired_word_is_caught(tmp_path: Path) -> None:
    """A guard that cannot fail guards nothing."""
    file = tmp_path / "desk.py"
    file.write_text('"""Hand it in at the desk."""\n\nclass Told: ...\n', encoding="utf-8")

    assert len(list(_hits(file))) == 2


def _hits(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if RETIRED.search(line.replace("_", " ")):
            yield f"{file}:{number}: {line.strip()}"
    if file.suffix == ".py":
        classes = (it for it in ast.walk(ast.parse(text)) if isinstance(it, ast.ClassDef))
        yield from (f"{file}:{it.lineno}: {it.name}" for it in classes if it.name in CLASSES)
