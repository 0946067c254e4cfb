"""One deployment for all stories; each has a province, or a period, of its own."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.acceptance.country import Country
from tests.end_to_end.acceptance.place import LINKS, UNITS
from tools.stack.stack import Stack


@pytest.fixture(scope="package")
def country(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    """Run the three services as processes until the last story is told."""
    with Country.open(stack, tmp_path_factory.mktemp("facts"), UNITS, LINKS) as running:
        yield running
