"""The docstring of ``usecases`` lists what a service does, in the same form in every service."""

import importlib
import re
from pathlib import Path

import pytest

from tools.generate.files import ROOT
from tools.generate.flow import SERVICES

HEADINGS = ("Commands", "Queries", "Shared steps")
HEADING = re.compile(r"^\w[\w ]*$", re.MULTILINE)
ENTRY = re.compile(r"^ {4}(\w+) {2,}\S", re.MULTILINE)


@pytest.mark.parametrize("service", SERVICES)
def test_every_use_case_is_listed_once(service: str) -> None:
    """A newcomer asks first what a service can do; the answer is one screen."""
    files = (ROOT / "services" / service / "usecases").glob("*.py")

    assert _listed(_docstring(service)) == sorted(it.stem for it in files if it.stem != "__init__")


@pytest.mark.parametrize("service", SERVICES)
def test_the_headings_are_those_of_every_service(service: str) -> None:
    """Whoever knows one service finds commands, queries and shared steps in the next."""
    headings = HEADING.findall(_docstring(service))

    assert headings == [it for it in HEADINGS if it in headings]
    assert {"Commands", "Queries"} <= set(headings)


def test_a_file_that_is_not_listed_is_noticed() -> None:
    """The guard can fail: a line that names no file does not count, a name twice counts twice."""
    listing = "Commands\n    count    counts reports\n\n    and more\n\nQueries\n    count    again"

    assert _listed(listing) == ["count", "count"]


def _listed(docstring: str) -> list[str]:
    return sorted(ENTRY.findall(docstring))


def _docstring(service: str) -> str:
    module = importlib.import_module(f"services.{service}.usecases")
    assert Path(module.__file__ or "").name == "__init__.py"
    return module.__doc__ or ""
