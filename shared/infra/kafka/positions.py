"""
Stored positions, and whether the log still holds what lies behind and before each.

A position is held when the log is not the one that was read (``log_replaced``) or has lost records
that were not read (``lost_window``). It stays held, over restarts and however the log grows, until
an operator accepts the loss. See ``docs/decisions/0014-what-lies-at-a-position.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias

from shared.infra.errors import Partition
from shared.infra.health import Condition
from shared.infra.kafka.logs import LogId, LogState, RecordStamp
from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "positions.sql")


class StreamPartition(NamedTuple):
    """The key of a position: who reads, and what."""

    stream: str
    partition: Partition


@dataclass(frozen=True, slots=True)
class StoredPosition:
    """How far a stream has read a partition, and what lay there."""

    next_offset: int = 0
    log: LogId | None = None
    """None before the first batch, and in rows of earlier releases."""
    newest: RecordStamp | None = None
    """The newest record applied."""
    held_because: Condition | None = None
    held_since: datetime | None = None


Positions: TypeAlias = Mapping[Partition, StoredPosition]
"""Of one stream."""


def lags(stored: Positions, ends: Mapping[Partition, int]) -> Mapping[Partition, int]:
    """Return how many offsets of each partition lie between its position and its end."""
    return {
        it: max(0, end - (stored[it].next_offset if it in stored else 0))
        for it, end in ends.items()
    }


def reason_to_hold(
    stored: StoredPosition, log: LogState, found: RecordStamp | None = None
) -> Condition | None:
    """
    Return why *log* is not what was read up to *stored*; None when nothing speaks against it.

    *found* is what now lies at the offset of the newest record, if that was looked up.
    """
    if stored.log is not None and stored.log != log.id:
        return Condition.LOG_REPLACED
    if log.end < stored.next_offset:
        return Condition.LOG_REPLACED
    if found is not None and stored.newest is not None and found != stored.newest:
        return Condition.LOG_REPLACED
    return Condition.LOST_WINDOW if stored.next_offset < log.first else None


async def stored_positions(
    connection: Connection, stream: str | None = None
) -> Mapping[StreamPartition, StoredPosition]:
    """Return the positions of one stream, or of all in the database."""
    rows = await connection.fetch(QUERIES["stored_positions"], stream)
    return {
        StreamPartition(row["stream"], Partition(row["topic"], row["partition"])): StoredPosition(
            next_offset=row["next_offset"],
            log=log_id_of(row),
            newest=RecordStamp(
                row["newest_offset"], row["newest_timestamp_ms"], row["newest_checksum"]
            )
            if row["newest_offset"] is not None
            else None,
            held_because=Condition(row["held_because"]) if row["held_because"] else None,
            held_since=row["held_since"],
        )
        for row in rows
    }


def log_id_of(row: Mapping[str, str | None]) -> LogId | None:
    """Return which log a row of ``position`` is about; None when it does not say."""
    cluster, topic = row["cluster_id"], row["topic_id"]
    return None if cluster is None or topic is None else LogId(cluster, topic)


async def hold(
    connection: Connection, key: StreamPartition, seen: StoredPosition, because: Condition
) -> None:
    """Hold a position, unless it has changed since it was *seen*."""
    await connection.execute(QUERIES["first_position"], *_place(key))
    topic_id = seen.log.topic if seen.log else None
    await connection.execute(
        QUERIES["hold"], *_place(key), seen.next_offset, topic_id, because.value
    )


async def remember_log(
    connection: Connection, key: StreamPartition, seen: StoredPosition, log: LogId
) -> None:
    """Say which log a position of an earlier release is about."""
    await connection.execute(QUERIES["remember_log"], *_place(key), seen.next_offset, *log)


async def accept_loss(
    connection: Connection, key: StreamPartition, log: LogState, accepted_by: str, document: str
) -> bool:
    """
    Let a held position go on from the beginning of what *log* holds, and record who says so.

    Return whether it was held.
    """
    status = await connection.execute(
        QUERIES["accept_loss"], *_place(key), *log.id, log.first, accepted_by, document
    )
    return bool(status == "UPDATE 1")


def _place(key: StreamPartition) -> tuple[str, str, int]:
    return key.stream, key.partition.topic, key.partition.partition
