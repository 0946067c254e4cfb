"""
One process for each instance id of a service on its database.

The id names a member of the consumer groups (``group.instance.id``). Two processes under one id
would take the membership from one another, or one of them would idle, and nobody would say so.
"""

import asyncio
import time
from typing import NoReturn

from shared.infra.errors import Misconfigured
from shared.infra.health import Health
from shared.infra.postgres import locks
from shared.infra.postgres.database import Connection, Database
from shared.infra.postgres.locks import AdvisoryLock
from shared.infra.settings import ServiceSettings
from shared.infra.supervised import Supervised

PART = "instance"
WAIT_SECONDS_MAX = 15.0
"""For a process that is stopping, or whose host is gone: PostgreSQL finds that out within this."""

_ASK_SECONDS = 0.2


class InstanceClaim:
    """Holds the claim to an instance id for as long as the process lives."""

    def __init__(
        self, database: Database, service: str, settings: ServiceSettings, health: Health
    ) -> None:
        self._database = database
        self._service = service
        self._instance = settings.instance
        self._supervised = Supervised(PART, health)
        self._claimed = asyncio.Event()

    async def claimed(self) -> None:
        """Return once no other process has the id."""
        await self._claimed.wait()

    async def hold(self) -> NoReturn:
        """
        Claim the id, again whenever the connection was lost.

        Raises:
            Misconfigured: another process has it and does not go.

        """
        await self._supervised.for_ever(self._hold, lambda _: asyncio.sleep(0))

    async def _hold(self) -> None:
        async with self._database.session() as connection:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await self._claim(connection)
            self._claimed.set()
            self._supervised.fine()
            await lost.wait()

    async def _claim(self, connection: Connection) -> None:
        until = time.monotonic() + WAIT_SECONDS_MAX
        name = f"{self._service} {self._instance}"
        while not await locks.try_lock_session_name(connection, AdvisoryLock.INSTANCE, name):
            if time.monotonic() > until:
                raise Misconfigured(
                    f"another {self._service} with QCDC_INSTANCE={self._instance} uses this"
                    " database; give each its own QCDC_INSTANCE, or none, then it is the host name"
                )
            await asyncio.sleep(_ASK_SECONDS)
