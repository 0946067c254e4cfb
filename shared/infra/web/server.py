"""uvicorn, told how to behave in a process that has other work to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

STOP_SECONDS_MAX = 10
"""How long a request that is being answered may hold up the end of the process."""


class HttpServer(uvicorn.Server):
    """Serves one application; whoever runs it handles the signals, and says when it ends."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app, host, port, log_level="warning", timeout_graceful_shutdown=STOP_SECONDS_MAX
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGTERM to the process: uvicorn would close its sockets before any drain."""
        yield
