"""An application behind the server that the services have, on a socket, in this process."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from pydantic import SecretStr

from shared.infra.settings import ServiceSettings
from shared.infra.web.server import HttpServer
from tests.eventually import eventually
from tools.stack.ports import HOST, free_ports

LAG_TICK_SECONDS = 0.005


@asynccontextmanager
async def listening(
    app: FastAPI, *, connections: int = 500, headers: float = 10.0, body: float = 60.0
) -> AsyncIterator[int]:
    """Serve *app* within these limits; provide the port."""
    (port,) = free_ports(1)
    settings = ServiceSettings(
        kafka="none",
        database=SecretStr("none"),
        http_port=port,
        http_connections_max=connections,
        http_header_seconds=headers,
        http_body_seconds=body,
    )
    server = HttpServer(app, settings)
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    try:
        await eventually(started)
        yield port
    finally:
        server.should_exit = server.force_exit = True
        await serving


class LoopProbe:
    """
    How long the event loop was held at a time, in seconds of its own thread's processor time.

    Not by the clock on the wall, nor by what the process uses: on a busy machine these count what
    other processes and threads do while the loop waits for its turn.
    """

    def __init__(self) -> None:
        self.held_max = 0.0

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            before = time.thread_time()
            await asyncio.sleep(LAG_TICK_SECONDS)
            self.held_max = max(self.held_max, time.thread_time() - before)


@asynccontextmanager
async def probing() -> AsyncIterator[LoopProbe]:
    """Watch the loop for the length of the block."""
    probe = LoopProbe()
    watching = asyncio.create_task(probe.watch())
    try:
        yield probe
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def exchange(port: int, *parts: bytes) -> bytes:
    """Send bytes over a connection of its own, and return all that comes until it is closed."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        for part in parts:
            writer.write(part)
            with suppress(ConnectionError):
                await writer.drain()
        return await until_closed(reader)
    finally:
        writer.close()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the other side closes the connection, in whatever way."""
    found = bytearray()
    with suppress(ConnectionError):
        while chunk := await reader.read(65_536):
            found += chunk
    return bytes(found)
