"""``qcdc migrate`` finds the schema of every service, wherever in its folder that lies."""

import pytest

from tools.qcdc.databases import folder_of
from tools.qcdc.settings import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_of_a_service_are_found(service: str) -> None:
    """A folder that is not there would read as "every database is up to date"."""
    assert list(folder_of(service).glob("0001_*.sql"))
