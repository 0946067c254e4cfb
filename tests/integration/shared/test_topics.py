"""A service refuses to run on a topic that is missing or wrong, and says what mends it."""

import uuid

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.contracts.topics import TopicSpec
from shared.infra.errors import Misconfigured
from shared.infra.kafka.topics import check_topics, create_missing_topics


def spec() -> TopicSpec:
    """Want a topic that no other test knows."""
    config = {"retention.ms": "86400000", "message.timestamp.type": "LogAppendTime"}
    return TopicSpec(f"test.{uuid.uuid4().hex}", 2, config)


async def create(bootstrap: str, name: str, partitions: int, config: dict[str, str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=config)])
    await admin.close()


async def test_applied_topics_pass_the_check(kafka: str) -> None:
    """Apply creates what is missing, once, and the check agrees with it."""
    wanted = spec()

    planned = await create_missing_topics(kafka, [wanted], dry_run=True)
    created = await create_missing_topics(kafka, [wanted])
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
        (1, "LogAppendTime", "partitions is 1 instead of 2"),
        (2, "CreateTime", "message.timestamp.type is CreateTime instead of LogAppendTime"),
    ],
)
async def test_wrong_topic_is_refused(
    kafka: str, partitions: int, stamp: str, complaint: str
) -> None:
    """With CreateTime a sender would choose its own receipt time, and so be never late."""
    wanted = spec()
    config = {"retention.ms": "86400000", "message.timestamp.type": stamp}
    await create(kafka, wanted.name, partitions, config)

    with pytest.raises(Misconfigured, match=complaint):
        await check_topics(kafka, [wanted])
