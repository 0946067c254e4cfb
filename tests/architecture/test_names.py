"""One public class name means one thing in services and shared."""

import ast
from collections import defaultdict
from collections.abc import Mapping

from tools.generate.files import ROOT

EXCEPTIONS: Mapping[str, str] = {}
"""Names that two modules define, each with the reason why no other name is right."""


def test_no_class_name_is_defined_twice() -> None:
    """A reader who knows one ``Slot`` must not meet another one in the next service."""
    places = defaultdict(list)
    for folder in ("services", "shared"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(str(path.relative_to(ROOT)))

    twice = {name: found for name, found in places.items() if len(found) > 1}

    assert len(places) > 200
    assert {name: found for name, found in twice.items() if name not in EXCEPTIONS} == {}
    assert EXCEPTIONS.keys() <= twice.keys()
