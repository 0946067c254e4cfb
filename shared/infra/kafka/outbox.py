"""
A row in your transaction becomes one message on Kafka.

``relay.py`` sends the rows, topic by topic, and deletes what the broker has acknowledged. A crash
in between repeats messages; they carry the same ``ce_id``. Order per key holds because a row is
written under the lock of what it tells of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from shared.contracts.event import Event
from shared.contracts.wire import Headers, encode
from shared.infra.postgres.arrays import columns, portions
from shared.infra.postgres.database import Connection, load_queries
from shared.infra.threads import compute

QUERIES = load_queries(Path(__file__).parent / "outbox.sql")
MESSAGE_BYTES_MAX = 1_000_000
"""Of key, headers and body: what the producer and a broker take unless configured to take less."""

BYTES_PER_PASS_MAX = 2_000_000
"""Of bodies: a pass of the largest messages must fit into memory, and into a socket's buffer."""


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
    """Messages that wait in a database, for one topic or for several."""

    async def topics(self, connection: Connection) -> Sequence[str]:
        """Name the topics for which messages wait."""

    async def take(self, connection: Connection, topic: str, limit: int) -> Sequence[OutboxMessage]:
        """Return the oldest messages for *topic*; they stay until ``forget``."""

    async def forget(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """Remove what the broker has acknowledged, in the transaction that took it."""

    async def doubt(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """
        See to it that what is the newest of its key will be on the topic after these messages.

        They may have arrived after those of another relay that had taken over.
        """


async def write_outbox(connection: Connection, events: Sequence[Outgoing]) -> None:
    """
    Write *events* in order, in the caller's transaction.

    Raises:
        ValueError: one is larger than Kafka takes. It would never leave, so nothing may write it:
            what is published is bounded where it is made.

    """
    for portion in portions(events):
        rows = await compute(partial(_columns, portion), items=len(portion))
        await connection.execute(QUERIES["write_outbox"], *rows)


def _columns(events: Sequence[Outgoing]) -> list[list[object]]:
    rows: list[tuple[object, ...]] = []
    for it in events:
        message, key = encode(it.event, it.source), it.key.encode()
        # One text per message: an array of arrays would cost more than all the rest.
        headers = "\n".join(f"{name}\n{value.decode()}" for name, value in message.headers)
        size = len(key) + len(headers) + len(message.body)
        if size > MESSAGE_BYTES_MAX:
            raise ValueError(f"{it.event.type_name()} of {size} bytes does not fit into a message")
        rows.append((it.topic, it.partition, key, headers, message.body, it.after))
    return columns(rows, 6)


async def acknowledged(connection: Connection, topic: str) -> Mapping[int, int]:
    """
    Return, by partition, the offset behind the newest record of ours that Kafka acknowledged.

    A partition is missing while nothing was sent there by this service.
    """
    rows = await connection.fetch(QUERIES["acknowledged"], topic)
    return {row["partition"]: row["next_offset"] for row in rows}


async def acknowledge(connection: Connection, topic: str, next_offsets: Mapping[int, int]) -> None:
    """Save what ``acknowledged`` returns, in the transaction that forgets the messages."""
    if next_offsets:
        await connection.execute(
            QUERIES["acknowledge"], topic, list(next_offsets), list(next_offsets.values())
        )


class OutboxTable:
    """The outbox in which every row matters."""

    async def topics(self, connection: Connection) -> Sequence[str]:
        """Name the topics that have rows."""
        return [row["topic"] for row in await connection.fetch(QUERIES["topics"])]

    async def take(self, connection: Connection, topic: str, limit: int) -> Sequence[OutboxMessage]:
        """Return the oldest rows, up to the first that has to wait for another topic."""
        await connection.execute(QUERIES["by_index"])
        rows = await connection.fetch(QUERIES["take"], topic, limit, BYTES_PER_PASS_MAX)
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
            for row in rows
        ]

    async def forget(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """
        Delete exactly the rows that were sent.

        Not "all up to the last id": a lower id may have been committed meanwhile, unsent.
        """
        topic, ids = sent[0].topic, [it.token for it in sent]
        await connection.execute(QUERIES["delete"], topic, ids[0], ids[-1], ids)

    async def doubt(self, connection: Connection, sent: Sequence[OutboxMessage]) -> None:
        """Do nothing: each row says what happened, and readers tell old from new by revision."""
