"""Topics that are made again, or lose records that nobody has read."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.records_to_delete import RecordsToDelete

from shared.infra.errors import Partition
from shared.infra.kafka.logs import LogState, log_client
from tests.eventually import eventually


async def make_again(bootstrap: str, topic: str, partitions: int = 1) -> None:
    """Delete *topic* and make another one of this name."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic])

        async def made() -> bool:
            answer = await admin.create_topics([NewTopic(topic, partitions, 1)])
            return all(code == 0 for _, code, _ in answer.topic_errors)

        await eventually(made)
    finally:
        await admin.close()


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
