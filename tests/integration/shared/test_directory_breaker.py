"""A service that starts beside an open breaker of the directory's topic works by what it has."""

import asyncio

import pytest

from shared.contracts.topics import COMMON
from shared.directory.publisher import publish, read_published
from shared.infra.errors import Misconfigured
from shared.infra.health import Condition
from shared.infra.kafka.breakers import UNREADABLE_MAX
from shared.infra.kafka.topics import create_missing_topics
from tests.builders.plumbing import new_topic
from tests.builders.plumbing import publish as append
from tests.eventually import eventually
from tests.integration.shared.test_directory_follower import AT, ONE, SOON, Following, following


@pytest.fixture
async def topic(kafka: str) -> str:
    """Make a directory of this test's own."""
    await create_missing_topics(kafka, COMMON)
    name = await new_topic(kafka)
    await read_published(kafka, name)
    return name


async def test_a_restart_beside_an_open_breaker_serves_what_is_in_force(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """Twenty unreadable records of an operator must not keep three services from starting."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        await append(kafka, topic, [b"nope"] * (UNREADABLE_MAX + 5))
        await eventually(lambda: breaker_complains(it, topic), seconds=SOON)

    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)

        assert await it.has("13285.2", "37.2")
        await eventually(lambda: breaker_complains(it, topic), seconds=SOON)


async def test_a_restart_beside_what_a_newer_release_published_serves_what_is_in_force(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """The directory of the next release waits for that release; this one goes on by its own."""
    newer = [("ce_type", b"qcdc.UnitRecorded.v2"), ("ce_source", b"qcdc/directory")]
    await publish(kafka, ONE, "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        await append(kafka, topic, [b"{}"], headers=newer)
        await eventually(lambda: newer_complains(it, topic), seconds=SOON)

    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)

        assert await it.has("13285.2", "37.2")
        await eventually(lambda: newer_complains(it, topic), seconds=SOON)
    with pytest.raises(Misconfigured, match="newer release"):
        await read_published(kafka, topic)


async def test_nothing_begins_beside_an_open_breaker_while_nothing_is_in_force(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """What ships with the code is no answer where something else may have been published."""
    await append(kafka, topic, [b"nope"] * (UNREADABLE_MAX + 5))
    async with following(kafka, postgres_url, topic) as it:
        await eventually(lambda: breaker_complains(it, topic), seconds=SOON)
        await it.register.refresh()

        assert not it.begun.is_set()
        assert "start" in it.health.complaints


async def breaker_complains(it: Following, topic: str) -> bool:
    complaint = it.health.complaints.get(f"breaker {topic}/0")
    return complaint is not None and complaint.condition is Condition.BREAKER_OPEN


async def newer_complains(it: Following, topic: str) -> bool:
    complaint = it.health.complaints.get(f"release {topic}/0")
    return complaint is not None and complaint.condition is Condition.NEWER_THAN_THIS_RELEASE
