"""
Dead letters: records that a service could not read, and the breakers that they open.

The tables are those of one service: ``dead_letter`` holds each record byte for byte, ``position``
counts how many came in a row. See ``docs/decisions/0001-one-mechanism.md``.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shared.contracts.dead_letters import RecordDeadLettered
from shared.contracts.event import derived_id
from shared.contracts.topics import DEAD_LETTERS
from shared.infra.errors import Partition
from shared.infra.kafka.outbox import Outgoing, write_outbox
from shared.infra.kafka.records import Record, appended_at, first_offset
from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "dead_letters.sql")
UNREADABLE_IN_A_ROW_MAX = 20
"""Beyond this a partition stops: one bad deployment must not drain a topic into the bin."""

RAW_BYTES_PUBLISHED_MAX = 500_000
"""A larger key or value stays in our table only: in base64 it would not fit into a message, and
a message that never fits would hold up the outbox for ever."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One unreadable record, as an operator sees it."""

    recorded_at: datetime
    place: str
    """``topic/partition/offset``."""
    reason: str
    beginning: str | None
    """The first bytes of the value, escaped; None for a record without a value."""


async def keep(
    connection: Connection, service: str, unreadable: Sequence[tuple[Record, str]]
) -> None:
    """Keep records with the reason of each, and publish them, in the caller's transaction."""
    if not unreadable:
        return
    await connection.executemany(
        QUERIES["keep"],
        [
            (it.topic, it.partition, first_offset(it), reason, it.key, it.value, appended_at(it))
            for it, reason in unreadable
        ],
    )
    await write_outbox(connection, [_event(service, record, why) for record, why in unreadable])


async def newest(connection: Connection, limit: int) -> list[DeadLetter]:
    """Return the newest dead letters, the newest first."""
    return [DeadLetter(**row) for row in await connection.fetch(QUERIES["newest"], limit)]


async def open_breakers(connection: Connection, inbox: str | None = None) -> set[Partition]:
    """Name the partitions that wait for an operator, of one inbox or of all of the service."""
    rows = await connection.fetch(QUERIES["open_breakers"], UNREADABLE_IN_A_ROW_MAX)
    return {
        Partition(row["topic"], row["partition"]) for row in rows if inbox in (None, row["stream"])
    }


async def reset_breakers(connection: Connection) -> None:
    """Let every partition go on that waits for an operator."""
    await connection.execute(QUERIES["reset_breakers"], UNREADABLE_IN_A_ROW_MAX)


def _event(service: str, record: Record, reason: str) -> Outgoing:
    offset = first_offset(record)
    return Outgoing(
        DEAD_LETTERS,
        f"{record.topic}/{record.partition}/{offset}",
        RecordDeadLettered(
            event_id=derived_id(service, record.topic, record.partition, offset, record.timestamp),
            occurred_at=appended_at(record),
            service=service,
            topic=record.topic,
            partition=record.partition,
            offset=offset,
            reason=reason,
            key_base64=_base64(record.key),
            value_base64=_base64(record.value),
        ),
        f"qcdc/{service}",
    )


def _base64(raw: bytes | None) -> str | None:
    if raw is None or len(raw) > RAW_BYTES_PUBLISHED_MAX:
        return None
    return base64.b64encode(raw).decode()
