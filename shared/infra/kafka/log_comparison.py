"""Compares logs as the broker has them with what was read of them."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

from shared.infra.errors import Partition
from shared.infra.health import Condition
from shared.infra.kafka.logs import LogState, log_client, read_stamps
from shared.infra.kafka.positions import Positions, StoredPosition, reason_to_hold

Logs: TypeAlias = Mapping[Partition, LogState]


async def compare_now(
    bootstrap: str, stored: Positions
) -> tuple[Logs, Mapping[Partition, Condition]]:
    """
    Return the logs of these positions, and why each is held or would be if a consumer looked now.

    Raises KafkaError when no broker answers.
    """
    async with log_client(bootstrap) as client:
        logs = await client.describe({it.topic for it in stored})
    there = {it: log for it, log in logs.items() if it in stored}
    found = await reasons_to_hold(bootstrap, stored, there, there)
    held = {it: why for it, position in stored.items() if (why := position.held_because)}
    return there, {**found, **held}


async def reasons_to_hold(
    bootstrap: str, stored: Positions, logs: Logs, again: Collection[Partition]
) -> Mapping[Partition, Condition]:
    """
    Return why each partition that is not held yet must be, without those that need not.

    Records are read and compared in the partitions *again* only.
    """
    free = {it: stored.get(it, StoredPosition()) for it in logs}
    free = {it: position for it, position in free.items() if not position.held_because}
    reasons = {it: why for it, seen in free.items() if (why := reason_to_hold(seen, logs[it]))}
    newest = {
        it: seen.newest.offset
        for it, seen in free.items()
        if it in again and it not in reasons and seen.newest is not None
    }
    there = {it: offset for it, offset in newest.items() if offset >= logs[it].first}
    stamps = await read_stamps(bootstrap, there) if there else {}
    replaced = {
        it: why
        for it, found in stamps.items()
        if (why := reason_to_hold(free[it], logs[it], found))
    }
    return reasons | replaced
