"""A relay in a process of its own, which stops itself (SIGSTOP) once it has taken messages."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from shared.infra.health import Health
from shared.infra.kafka.broker import producer
from shared.infra.kafka.outbox import OutboxMessage, OutboxTable
from shared.infra.kafka.relay import Relay
from shared.infra.postgres.database import Connection, Database
from tests.eventually import eventually


class StandsStill(OutboxTable):
    """Stops the process when the first messages were taken and not yet sent."""

    stopped = False

    async def take(self, connection: Connection, topic: str, limit: int) -> Sequence[OutboxMessage]:
        """Take, then stand still."""
        messages = await super().take(connection, topic, limit)
        if messages and not self.stopped:
            self.stopped = True
            os.kill(os.getpid(), signal.SIGSTOP)
        return messages


@asynccontextmanager
async def stopped_relay(url: str, kafka: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run such a relay until it has stopped itself, in the middle of a pass; end it afterwards."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, url, kafka)
    try:
        await eventually(lambda: _stopped(process.pid), seconds=60, every=0.01)
        yield process
    finally:
        process.kill()
        await process.wait()


async def _stopped(pid: int) -> bool:
    return _state(pid) == "T"


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def _run(url: str, kafka: str) -> None:
    database = Database(url, application="stopped")
    await database.open()
    await Relay(database, [StandsStill()], partial(producer, kafka, "stopped"), Health()).run()


if __name__ == "__main__":
    asyncio.run(_run(*sys.argv[1:]))
