"""Finds the messages of a batch that the database refuses to store."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from shared.infra.postgres.database import Connection, unstorable

M = TypeVar("M")
Effect = Callable[[Connection, Sequence[M]], Awaitable[None]]
log = structlog.get_logger()


async def places_refused(
    connection: Connection, effect: Effect[M], messages: Sequence[M], first: int = 0
) -> list[int]:
    """
    Return the places, counted from *first*, of the messages whose effect the database refuses.

    What it does not refuse is applied, in order, so that a message is tried on what came before
    it. Two halves of what is refused are tried apart, each within a savepoint. A bug raises.
    """
    try:
        async with connection.transaction():
            await effect(connection, messages)
    except Exception as problem:
        if not unstorable(problem):
            raise
        if len(messages) == 1:
            log.warning("message cannot be stored", problem=repr(problem))
            return [first]
        half = len(messages) // 2
        return [
            *await places_refused(connection, effect, messages[:half], first),
            *await places_refused(connection, effect, messages[half:], first + half),
        ]
    return []
