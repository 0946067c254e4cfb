"""Waiting for a server: ask, and ask again, until a deadline."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tools.stack.errors import NotReady

T = TypeVar("T")
START_SECONDS_MAX = 60.0
PAUSE_SECONDS = 0.1


def wait_until(
    ask: Callable[[], object],
    *,
    what: str,
    errors: tuple[type[Exception], ...] = (OSError,),
    still_alive: Callable[[], None] = lambda: None,
    seconds_max: float = START_SECONDS_MAX,
) -> None:
    """
    Call *ask* until it raises none of *errors*.

    *still_alive* raises when waiting has become pointless, so that a server which refuses to start
    is reported at once, with its log, and not after the deadline.
    """
    deadline = time.monotonic() + seconds_max
    while True:
        still_alive()
        try:
            ask()
        except errors as error:
            if time.monotonic() > deadline:
                raise NotReady(f"{what} after {seconds_max:.0f} s: {error}") from error
            time.sleep(PAUSE_SECONDS)
        else:
            return


def blocking(work: Coroutine[Any, Any, T]) -> T:
    """Finish *work* on a thread of its own: the caller may itself be inside an event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
