"""Faults of topics: one is refused, is missing, or was made again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from shared.contracts.topics import (
    DEAD_LETTERS,
    DUTIES,
    REPORTS,
    TOTALS,
    WATERMARKS,
    receipts_topic,
    submissions_topic,
)
from tests.chaos.faults.scene import Scene

REFUSES = "300"
"""No event of ours is so small: with this limit of message size a topic refuses all of them."""
LIMIT = "max.message.bytes"
DOCUMENT = "Biên bản sự cố 01"


@asynccontextmanager
async def _admin(scene: Scene) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect an admin client, however long the broker is away."""
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=scene.deployment.kafka)
        try:
            await admin.start()
        except (KafkaError, OSError):
            await admin.close()
            await asyncio.sleep(0.5)
        else:
            break
    try:
        yield admin
    finally:
        await admin.close()


async def _set_limit(scene: Scene, topic: str, limit: str | None) -> None:
    while True:
        try:
            async with _admin(scene) as admin:
                resource = ConfigResource(
                    ConfigResourceType.TOPIC,
                    topic,
                    {**await _config(admin, topic), LIMIT: limit}
                    if limit
                    else await _config(admin, topic),
                )
                await admin.alter_configs([resource])
        except (KafkaError, OSError):
            await asyncio.sleep(0.5)
        else:
            return


async def _config(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    """Return what was set on the topic: altering replaces all of it."""
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    of_topic = 1
    return {
        entry[0]: entry[1]
        for _, _, _, _, entries in answer.resources
        for entry in entries
        if entry[3] == of_topic and entry[0] != LIMIT
    }


async def refuse(scene: Scene) -> None:
    """Let one of the topics that services write to refuse every message for a while."""
    topic = scene.random.choice(
        [
            REPORTS,
            REPORTS,
            WATERMARKS,
            TOTALS,
            DUTIES,
            DEAD_LETTERS,
            receipts_topic(scene.deployment.plan.sources[0]),
            receipts_topic(scene.hostile),
        ]
    )
    await refuse_one(scene, topic)


async def refuse_one(scene: Scene, topic: str) -> None:
    """Let *topic* refuse every message for a while."""
    await _set_limit(scene, topic, REFUSES)
    try:
        await scene.pause(2, 9)
    finally:
        await _set_limit(scene, topic, None)


async def _delete(scene: Scene, topic: str) -> None:
    """Delete a topic and return once the broker has forgotten it."""
    while True:
        try:
            async with _admin(scene) as admin:
                if topic not in await admin.list_topics():
                    return
                await admin.delete_topics([topic])
        except (KafkaError, OSError):
            pass
        await asyncio.sleep(0.3)


async def lose_receipts(scene: Scene) -> None:
    """Delete the receipts topic of one source; an operator makes it again."""
    await _delete(scene, receipts_topic(scene.hostile))
    await scene.pause(2, 8)
    await scene.qcdc("topics", "apply", "--source", scene.hostile)


async def remake_submissions(scene: Scene) -> None:
    """Make the submissions topic of one source again; an operator accepts the loss."""
    topic = submissions_topic(scene.hostile)
    await _delete(scene, topic)
    await scene.qcdc("topics", "apply", "--source", scene.hostile)
    await scene.pause(1, 5)
    await scene.qcdc(
        *("positions", "accept-loss", "--service", "intake", "--topic", topic),
        *("--document", DOCUMENT),
    )


async def remake_reports(scene: Scene) -> None:
    """Lose the log of reports; an operator publishes the journal again and accepts the loss."""
    await _delete(scene, REPORTS)
    await scene.qcdc("topics", "apply")
    await scene.qcdc("republish")
    for service in ("aggregator", "notifier"):
        await scene.qcdc(
            *("positions", "accept-loss", "--service", service, "--topic", REPORTS),
            *("--document", DOCUMENT),
        )


async def stray_topic(scene: Scene) -> None:
    """Make a topic whose name resembles a submissions topic, fill it, and delete it again."""
    name = f"{submissions_topic(scene.hostile)}.retry"
    async with _admin(scene) as admin:
        await admin.create_topics([NewTopic(name, 1, 1)])
    await scene.pause(1, 5)
    await _delete(scene, name)
