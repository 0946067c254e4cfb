"""
Dead letters: records that a service could not read, and the breakers that they open.

The tables are those of one service: ``dead_letter`` holds each record byte for byte, ``position``
the state of each breaker. See ``docs/decisions/0001-one-mechanism.md``.
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
from shared.infra.kafka.breakers import OPENINGS_COUNTED_MAX
from shared.infra.kafka.outbox import Outgoing, write_outbox
from shared.infra.kafka.records import Record, appended_at, first_offset
from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "dead_letters.sql")

RAW_BYTES_PUBLISHED_MAX = 700_000
"""Of key and value together: in base64 they still fit into a message. The rest stays in our table
only, since a message that never fits would hold up the topic for ever."""

REASON_CHARACTERS_MAX = 200
"""Reasons are codes. A longer one must not keep the record from being published."""


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
    """Name the partitions whose breaker is open, of one inbox or of all of the service."""
    rows = await connection.fetch(QUERIES["open_breakers"])
    return {
        Partition(row["topic"], row["partition"]) for row in rows if inbox in (None, row["stream"])
    }


async def reset_breakers(connection: Connection) -> None:
    """Let every partition go on whose breaker is open, with the largest tolerance."""
    await connection.execute(QUERIES["reset_breakers"], OPENINGS_COUNTED_MAX)


def _event(service: str, record: Record, reason: str) -> Outgoing:
    offset = first_offset(record)
    key, value = _published(record.key, record.value)
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
            reason=reason[:REASON_CHARACTERS_MAX],
            key_base64=key,
            value_base64=value,
        ),
        f"qcdc/{service}",
    )


def _published(key: bytes | None, value: bytes | None) -> tuple[str | None, str | None]:
    """Return key and value in base64 if they fit into a message; else the smaller, if that fits."""
    sizes = len(key or b""), len(value or b"")
    if sum(sizes) > RAW_BYTES_PUBLISHED_MAX:
        if min(sizes) > RAW_BYTES_PUBLISHED_MAX:
            return None, None
        key, value = (key, None) if sizes[0] <= sizes[1] else (None, value)
    return _base64(key), _base64(value)


def _base64(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()
