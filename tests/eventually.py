"""Wait for a condition, with a deadline; never for a number of seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T]], *, seconds: float = 10.0, every: float = 0.05
) -> T:
    """
    Call *look* until it answers something true, and return that.

    Raises:
        AssertionError: with what *look* last answered, or raised, when the time is up.

    """
    end = time.monotonic() + seconds
    while True:
        last: object
        try:
            answer = await look()
            if answer:
                return answer
            last = answer
        except (AssertionError, OSError) as problem:
            last = problem
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s; last: {last!r}")
        await asyncio.sleep(every)
