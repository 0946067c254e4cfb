"""Advisory locks have one registry: a number used twice lets one purpose hold up another."""

import re

from shared.infra.postgres.locks import AdvisoryLock
from tools.generate.files import ROOT

REGISTRY = "shared/infra/postgres/locks.py"
LITERAL = re.compile(r"\b7_?263_?\d{3}\b")
LOCK_FUNCTION = re.compile(r"pg_(?:try_)?advisory\w*lock")


def test_every_purpose_has_a_number_of_its_own() -> None:
    """Unique although each service has its database, since an operator may give them one."""
    numbers = [it.value for it in AdvisoryLock.__members__.values()]

    assert len(numbers) > 1
    assert len(numbers) == len(set(numbers))


def test_no_number_stands_anywhere_else() -> None:
    """A literal beside the registry is how one number came to stand for two purposes."""
    files = [
        path
        for folder in ("services", "shared", "tools")
        for pattern in ("*.py", "*.sql")
        for path in (ROOT / folder).rglob(pattern)
        if str(path.relative_to(ROOT)) != REGISTRY
    ]

    texts = {str(it.relative_to(ROOT)): it.read_text(encoding="utf-8") for it in files}

    assert LITERAL.search((ROOT / REGISTRY).read_text(encoding="utf-8"))
    assert [it for it, text in texts.items() if LITERAL.search(text)] == []
    assert [it for it, text in texts.items() if LOCK_FUNCTION.search(text)] == []
