"""Topics that are made again, or lose records that nobody has read."""

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from shared.contracts.topics import TopicSpec
from shared.infra.errors import Partition
from shared.infra.kafka.logs import LogState, log_client
from shared.infra.kafka.topics import create_missing_topics
from tests.eventually import eventually


async def make_again(bootstrap: str, *specs: TopicSpec) -> None:
    """Delete topics and make others of the same names."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([it.name for it in specs])
    finally:
        await admin.close()
    wanted = {it.name for it in specs}

    async def made() -> bool:
        wanted.difference_update(await create_missing_topics(bootstrap, specs))
        return not wanted

    await eventually(made)


async def delete_before(bootstrap: str, partition: Partition, offset: int) -> None:
    """Let retention take what lies before *offset*."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_records({partition: RecordsToDelete(before_offset=offset)})
    finally:
        await admin.close()


async def log_of(bootstrap: str, partition: Partition) -> LogState:
    """Return what the broker says of a log."""
    async with log_client(bootstrap) as client:
        return (await client.describe([partition.topic]))[partition]
