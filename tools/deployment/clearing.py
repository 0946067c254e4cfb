"""Several deployments may run on one broker, one after the other; each begins with empty topics."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient

from tools.stack.errors import NotOurs
from tools.stack.servers import KafkaServer

PAUSE_SECONDS = 0.1


async def clear_topics(kafka: KafkaServer) -> None:
    """
    Delete the topics of an earlier deployment.

    Raises:
        NotOurs: when the broker was given to us and already holds topics of QCDC: they may be
            somebody's figures.

    """
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        while ours := [it for it in await admin.list_topics() if it.startswith("qcdc.")]:
            if not kafka.restartable:
                raise NotOurs(f"{kafka.name} holds {ours[0]}; give us an empty broker")
            await admin.delete_topics(ours)
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        await admin.close()
