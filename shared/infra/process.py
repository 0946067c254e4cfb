"""The life of a process: open, serve, work in the background, drain, stop."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any

import structlog
from fastapi import FastAPI

from shared.infra.errors import Misconfigured
from shared.infra.health import Condition, Health
from shared.infra.settings import ServiceSettings
from shared.infra.web.server import HttpServer

EXIT_MISCONFIGURED = 78
"""``EX_CONFIG`` of sysexits.h: restarting will not help, an operator must mend something."""

log = structlog.get_logger()
Task = Callable[[], Awaitable[None]]


def main(body: Callable[[], Coroutine[Any, Any, None]], *, stay: bool = False) -> None:
    """
    Run *body* to its end and turn a configuration error into one clear line.

    With *stay* the process then waits until it is told to end, and answers nobody: for a supervisor
    that starts again whatever ends, and would say the same line for ever.
    """
    try:
        asyncio.run(body())
    except* Misconfigured as problems:
        found = "; ".join(_lines(problems))
        print(f"cannot start: {found}", file=sys.stderr)  # noqa: T201 - for the operator
        if stay:
            _wait_for_the_end()
        sys.exit(EXIT_MISCONFIGURED)


def _lines(problem: BaseException) -> Iterator[str]:
    """Yield what is wrong, from groups within groups, each on one line."""
    if isinstance(problem, BaseExceptionGroup):
        for it in problem.exceptions:
            yield from _lines(it)
    else:
        yield "; ".join(str(problem).splitlines())


def _wait_for_the_end() -> None:
    signals = (signal.SIGTERM, signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.sigwait(signals)


async def serve(
    app: FastAPI, health: Health, settings: ServiceSettings, tasks: Sequence[Task]
) -> None:
    """
    Answer HTTP and run *tasks* until SIGTERM or SIGINT; a task that ends by itself ends all.

    On a signal the service first says that it is not ready, and answers for as long as a balancer
    needs to notice. Then background work is cancelled, so that a batch in hand is finished or left
    for the next start; then HTTP drains, which also happens when a task has failed.
    """
    server = HttpServer(app, settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    web = loop.create_task(server.serve())
    web.add_done_callback(lambda _: stop.set())
    try:
        async with asyncio.TaskGroup() as group:
            background = [group.create_task(_forever(task)) for task in tasks]
            await stop.wait()
            health.complain("process", Condition.STOPPING, "")
            await asyncio.sleep(settings.drain_seconds)
            for task in background:
                task.cancel()
    finally:
        server.should_exit = True
        await web


async def _forever(task: Task) -> None:
    await task()
    raise RuntimeError(f"a background task ended by itself: {task}")
