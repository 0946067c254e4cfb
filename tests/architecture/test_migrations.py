"""``qcdc migrate`` applies what each service will ask for at its start, and nothing less."""

import pytest

from shared.infra.postgres.migrate import Migration
from tests.architecture.services import built_services
from tools.generate.flow import SERVICES
from tools.qcdc.databases import migrations_of


@pytest.mark.parametrize("name", SERVICES)
def test_the_operator_migrates_what_the_service_needs(name: str) -> None:
    """A folder that moved would leave a service with half of its tables, and report success."""
    needed: list[Migration] = list(built_services()[name].start.migrations)

    assert {it.name.partition("/")[0] for it in needed} == {"plumbing", "service"}
    assert migrations_of(name) == needed
