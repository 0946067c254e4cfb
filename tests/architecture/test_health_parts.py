"""A service is ready only when each of its parts has begun; every complaint has its remedy."""

import pytest

from shared.directory.follower import REFERENCE_DATA, DirectoryCondition
from shared.infra.health import Condition
from shared.infra.kafka.consumer import ConsumerSupervisor
from tests.architecture.services import built_services
from tools.generate.flow import SERVICES


@pytest.mark.parametrize("name", SERVICES)
def test_every_part_is_starting_until_it_has_begun(name: str) -> None:
    """With a consumer that Health has not heard of, a service that reads nothing looks ready."""
    service = built_services()[name]
    parts = {it.part for it in vars(service).values() if isinstance(it, ConsumerSupervisor)}

    complaints = dict(service.health.complaints)

    assert parts
    assert {"start", "outbox", "directory", *parts} <= complaints.keys()
    assert complaints.pop(REFERENCE_DATA).condition is DirectoryCondition.UNREAD
    assert {it.condition for it in complaints.values()} == {Condition.STARTING}
    assert service.health.obstacles == service.health.complaints
