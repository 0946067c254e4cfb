"""A document that the code cites is in the repository."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools.generate.files import ROOT

FOLDERS = ("services", "shared", "tools", "tests", "benchmarks", "deploy")
KINDS = ("py", "sql", "toml", "yaml", "yml")
DOCUMENT = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)*[\w-]+\.md)\b(?:#([\w-]+))?")
NUMBERED = re.compile(r"\b[\w./-]+ \N{SECTION SIGN}\s?[0-9]")
"""Our documents have headings and no numbers; laws are cited by article."""
PLANTS = "test_readme_links.py"
"""Holds documents to their links, and makes up some that lead nowhere."""


def test_what_is_cited_is_there() -> None:
    """Whoever looks up the reason for a line must find it."""
    files = [
        it
        for part in FOLDERS
        for kind in KINDS
        for it in (ROOT / part).rglob(f"*.{kind}")
        if it.name != PLANTS
    ]

    missing = {str(it.relative_to(ROOT)): [*_missing(it.read_text("utf-8"), it)] for it in files}

    assert len(missing) > 400
    assert {path: absent for path, absent in missing.items() if absent} == {}


def test_a_citation_that_leads_nowhere_is_found() -> None:
    """The guard itself can fail: another document, another heading, a section by number."""
    absent = "reliability" + ".md"
    heading = "docs/DOMAIN.md" + "#nothing"
    numbered = "DESIGN \N{SECTION SIGN}4"

    found = [*_missing(f"see {absent}, {heading}, {numbered} and docs/DOMAIN.md#rules", ROOT)]

    assert found == [absent, heading, numbered]


def _missing(text: str, path: Path) -> Iterator[str]:
    for document, heading in DOCUMENT.findall(text):
        places = [it / document for it in (ROOT, ROOT / "docs", path.parent)]
        target = next((it for it in places if it.exists()), None)
        if target is None:
            yield document
        elif heading and heading not in _headings(target):
            yield f"{document}#{heading}"
    yield from NUMBERED.findall(text)


def _headings(document: Path) -> set[str]:
    found = re.findall(r"^#+ (.*)", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", it.lower()).replace(" ", "-") for it in found}
