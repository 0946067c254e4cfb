"""A service refuses to run on a topic that is missing or wrong, and says what mends it."""

import uuid
from collections.abc import Iterable
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.contracts.topics import TopicSpec, of_known_sources, per_source
from shared.infra.errors import Misconfigured
from shared.infra.health import Condition, Health
from shared.infra.kafka.topic_watch import PART, TopicWatch
from shared.infra.kafka.topics import (
    check_topics,
    create_missing_topics,
    mend_topics,
    topic_faults,
)
from tests.builders.plumbing import delete_topics
from tests.eventually import eventually


def spec() -> TopicSpec:
    """Want a topic that no other test knows."""
    config = {"retention.ms": "86400000", "message.timestamp.type": "LogAppendTime"}
    return TopicSpec(f"test.{uuid.uuid4().hex}", 2, config)


async def create(bootstrap: str, name: str, partitions: int, config: dict[str, str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=config)])
    await admin.close()
    await eventually(lambda: exist(bootstrap, name))


async def exist(bootstrap: str, *names: str) -> bool:
    """Return whether the broker lists these topics, which it does a moment after their creation."""
    return not await topic_faults(bootstrap, [TopicSpec(it, 1) for it in names])


async def test_applied_topics_pass_the_check(kafka: str) -> None:
    """Apply creates what is missing, once, and the check agrees with it."""
    wanted = spec()

    planned = await create_missing_topics(kafka, [wanted], dry_run=True)
    created = await create_missing_topics(kafka, [wanted])
    await eventually(lambda: exist(kafka, wanted.name))
    again = await create_missing_topics(kafka, [wanted])
    await check_topics(kafka, [wanted])

    assert (planned, created, again) == ([wanted.name], [wanted.name], [])


async def test_missing_topic_is_named_with_the_command(kafka: str) -> None:
    """Never made by accident: an auto-created topic has one partition and the wrong retention."""
    with pytest.raises(Misconfigured, match=r"is missing; run: qcdc topics apply"):
        await check_topics(kafka, [spec()])


@pytest.mark.parametrize(
    ("partitions", "stamp", "complaint"),
    [
        (
            1,
            "LogAppendTime",
            "partitions is 1 instead of 2; delete it, then run: qcdc",
        ),
        (
            2,
            "CreateTime",
            "message.timestamp.type is CreateTime instead of LogAppendTime; run",
        ),
    ],
)
async def test_wrong_topic_is_refused(
    kafka: str, partitions: int, stamp: str, complaint: str
) -> None:
    """With CreateTime a sender would choose its own receipt time, and so be never late."""
    wanted = replace(spec(), fixed_partitions=True)
    config = {"retention.ms": "86400000", "message.timestamp.type": stamp}
    await create(kafka, wanted.name, partitions, config)

    with pytest.raises(Misconfigured, match=complaint):
        await check_topics(kafka, [wanted])


@pytest.mark.parametrize("retention", ["86400001", "-1"])
async def test_more_than_is_wanted_fits(kafka: str, retention: str) -> None:
    """An operator who keeps records for longer, or adds partitions for a source, may do so."""
    wanted = spec()
    await create(kafka, wanted.name, 5, {**wanted.config, "retention.ms": retention})

    await check_topics(kafka, [wanted])


async def test_apply_mends_what_does_not_fit_and_nothing_else(kafka: str) -> None:
    """The complaint names this command; other options that an operator has set stay."""
    wanted = spec()
    await create(kafka, wanted.name, 2, {"retention.ms": "5000", "max.message.bytes": "500000"})

    planned = await mend_topics(kafka, [wanted], dry_run=True)
    mended = await mend_topics(kafka, [wanted])
    again = await mend_topics(kafka, [wanted])

    await check_topics(kafka, [wanted])
    kept = replace(wanted, config={"max.message.bytes": "500000"})
    assert not await topic_faults(kafka, [kept])
    assert sorted(mended) == [
        f"{wanted.name} message.timestamp.type=LogAppendTime",
        f"{wanted.name} retention.ms=86400000",
    ]
    assert (planned, again) == (mended, [])


async def test_what_a_source_lacks_is_complained_of_until_it_is_mended(kafka: str) -> None:
    """One sender's topic neither stops others nor keeps a service from starting (finding 9)."""
    lacking, good = f"s-{uuid.uuid4().hex[:8]}", f"s-{uuid.uuid4().hex[:8]}"
    submissions, receipts = per_source([lacking])
    await create_missing_topics(kafka, [submissions, *per_source([good])])
    good_ones = [it.name for it in per_source([good])]
    await eventually(lambda: exist(kafka, submissions.name, *good_ones))
    health = Health()
    watch = TopicWatch(kafka, lambda names: _of(names, lacking, good), health)

    await watch.look()
    complaints = health.complaints
    await create_missing_topics(kafka, [receipts])
    await eventually(lambda: exist(kafka, receipts.name))
    await watch.look()

    (part,) = complaints.keys() - {PART}
    assert part == f"topic {receipts.name}"
    assert complaints[part].condition is Condition.TOPIC_UNFIT
    assert f"qcdc topics apply --source {lacking}" in complaints[part].detail
    assert health.complaints.keys() == {PART}  # which begins to run with the service
    await delete_topics(kafka, *(it.name for it in per_source([lacking, good])))


def _of(names: Iterable[str], *sources: str) -> list[TopicSpec]:
    return [it for it in of_known_sources(names) if it.name.split(".")[2] in sources]
