"""
Work that would hold the event loop, done in a thread.

The interpreter lets other threads in every few milliseconds, so health, heartbeats and other
requests go on meanwhile.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

ITEMS_AT_ONCE_MAX = 100
BYTES_AT_ONCE_MAX = 65_536
"""So much is worked through in a few milliseconds, sooner than a thread takes turns with us."""


async def compute(work: Callable[[], T], *, items: int = 0, size: int = 0) -> T:
    """Return what *work* returns, in a thread if it is about many *items* or bytes (*size*)."""
    if items <= ITEMS_AT_ONCE_MAX and size <= BYTES_AT_ONCE_MAX:
        return work()
    return await asyncio.to_thread(work)
