"""The life of a process: open, serve, work in the background, drain, stop."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI

from shared.infra.errors import Misconfigured

EXIT_MISCONFIGURED = 78
"""``EX_CONFIG`` of sysexits.h: restarting will not help, an operator must mend something."""

log = structlog.get_logger()
Task = Callable[[], Awaitable[None]]


def main(body: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run *body* to its end and turn a configuration error into one clear line."""
    try:
        asyncio.run(body())
    except* Misconfigured as problems:
        for problem in problems.exceptions:
            print(f"cannot start: {problem}", file=sys.stderr)  # noqa: T201 - for the operator
        sys.exit(EXIT_MISCONFIGURED)


async def serve(app: FastAPI, host: str, port: int, tasks: Sequence[Task]) -> None:
    """
    Answer HTTP and run *tasks* until SIGTERM or SIGINT; a task that ends by itself ends all.

    Background work is cancelled first, so that a batch in hand is finished or left for the
    next start, then HTTP drains.
    """
    server = uvicorn.Server(
        uvicorn.Config(app, host, port, log_level="warning", timeout_graceful_shutdown=10)
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        web = group.create_task(server.serve())
        background = [group.create_task(_forever(task)) for task in tasks]
        await asyncio.wait(
            [web, group.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED
        )
        for task in background:
            task.cancel()
        stop.set()
        server.should_exit = True


async def _forever(task: Task) -> None:
    await task()
    raise RuntimeError(f"a background task ended by itself: {task}")
