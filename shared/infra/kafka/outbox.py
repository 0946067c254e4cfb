"""
A row in your transaction becomes one message on Kafka.

One relay per outbox (an advisory lock sees to it) sends rows in the order of their ids and deletes
them after the broker acknowledged all. A crash in between repeats messages; they carry the
same ``ce_id``. Order per key holds because a row is written under the lock of what it tells of.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.contracts.event import Event
from shared.contracts.wire import Headers, encode
from shared.infra.health import Health
from shared.infra.postgres import locks
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection, Database, load_queries
from shared.infra.postgres.locks import AdvisoryLock
from shared.infra.supervised import Supervised

QUERIES = load_queries(Path(__file__).parent / "outbox.sql")
ROWS_PER_PASS = 1000
IDLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Outgoing:
    """
    An event on its way: where to, under which key, and for an explicit partition or not.

    With *after* it leaves only once no row of that topic with a lower id is left in the outbox:
    all that was written there before it has been acknowledged.
    """

    topic: str
    key: str
    event: Event
    source: str
    partition: int | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message that the relay will send; ``token`` is what its owner recognises it by."""

    token: object
    topic: str
    partition: int | None
    key: bytes | None
    headers: Headers
    body: bytes


class Pending(Protocol):
    """Messages that wait in a database, oldest first."""

    async def take(self, connection: Connection, limit: int) -> Sequence[OutboxMessage]:
        """Return the oldest messages; they stay until ``forget``."""

    async def forget(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """Remove what the broker has acknowledged."""


async def write_outbox(connection: Connection, events: Sequence[Outgoing]) -> None:
    """Write *events* in order, in the caller's transaction."""
    rows = []
    for it in events:
        message = encode(it.event, it.source)
        # One text per message: an array of arrays would cost more than all the rest.
        headers = "\n".join(f"{name}\n{value.decode()}" for name, value in message.headers)
        rows.append((it.topic, it.partition, it.key.encode(), headers, message.body, it.after))
    if rows:
        await connection.execute(QUERIES["write_outbox"], *columns(rows, 6))


class OutboxTable:
    """The outbox in which every row matters."""

    async def take(self, connection: Connection, limit: int) -> Sequence[OutboxMessage]:
        """Return the oldest rows."""
        return [
            OutboxMessage(
                row["id"],
                row["topic"],
                row["partition"],
                row["key"],
                [
                    (name, value.encode())
                    for name, value in zip(row["headers"][::2], row["headers"][1::2], strict=True)
                ],
                row["body"],
            )
            for row in await connection.fetch(QUERIES["take_outbox"], limit)
        ]

    async def forget(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """
        Delete exactly the rows that were sent.

        Not "all up to the last id": a lower id may have been committed meanwhile, unsent.
        """
        await connection.execute(QUERIES["delete_outbox"], [it.token for it in sent])


class Relay:
    """Carries what is pending to Kafka, for as long as the process lives."""

    def __init__(
        self,
        database: Database,
        pending: Sequence[Pending],
        make_producer: Callable[[], AIOKafkaProducer],
        health: Health,
    ) -> None:
        self._database = database
        self._pending = pending
        self._make_producer = make_producer
        self._supervised = Supervised("outbox", health)
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Say that something was just committed, to save the relay's idle wait."""
        self._wake.set()

    async def run(self) -> None:
        """Relay until cancelled; a producer that failed is thrown away, never reused."""
        await self._supervised.until_done(self._relay)

    async def _relay(self) -> NoReturn:
        kafka = self._make_producer()
        try:
            await kafka.start()
            await self._relay_with(kafka)
        finally:
            await _stop(kafka)

    async def _relay_with(self, kafka: AIOKafkaProducer) -> NoReturn:
        while True:
            self._wake.clear()
            sent = 0
            for pending in self._pending:
                sent += await self.relay_once(kafka, pending)
            self._supervised.fine()
            if not sent:
                await _wait(self._wake.wait(), IDLE_SECONDS)

    async def relay_once(self, kafka: AIOKafkaProducer, pending: Pending) -> int:
        """Send one pass of *pending*; return how many messages were acknowledged."""
        async with self._database.transaction() as connection:
            if not await locks.try_lock_name(connection, AdvisoryLock.RELAY, "all"):
                return 0
            waiting = await pending.take(connection, ROWS_PER_PASS)
            acknowledgements = [
                await kafka.send(
                    it.topic, it.body, key=it.key, partition=it.partition, headers=it.headers
                )
                for it in waiting
            ]
            await asyncio.gather(*acknowledgements)
            if waiting:
                await pending.forget(connection, waiting)
            return len(waiting)


async def _wait(event: Awaitable[object], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event
    except TimeoutError:
        return


async def _stop(kafka: AIOKafkaProducer) -> None:
    try:
        await asyncio.wait_for(kafka.stop(), 5)
    except (KafkaError, OSError, TimeoutError):
        return  # it is being thrown away because it failed; nothing is in its buffer that matters
