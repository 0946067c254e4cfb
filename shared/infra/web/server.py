"""
uvicorn, told what a client may take of time and of connections.

uvicorn limits the time between two requests (``timeout_keep_alive``) and nothing else: who never
ends its headers, its body, or reads no answer stays connected for ever (measured on 0.54: 1,500
half-open requests).
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from shared.infra.settings import ServiceSettings

KEEP_ALIVE_SECONDS = 5
STOP_SECONDS_MAX = 10
"""How long a request that is being answered may hold up the end of the process."""


class Phase(Enum):
    """What a connection waits for."""

    HEADERS = auto()
    BODY = auto()
    ANSWER = auto()


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be, and how long one may wait for its client."""

    connections_max: int
    seconds: Mapping[Phase, float]


_PHASES = {h11.IDLE: Phase.HEADERS, h11.SEND_BODY: Phase.BODY}


class HttpServer(uvicorn.Server):
    """Serves one application; whoever runs it handles the signals, and says when it ends."""

    def __init__(self, app: FastAPI, settings: ServiceSettings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                settings.http_host,
                settings.http_port,
                http=_protocol(settings),
                lifespan="off",  # there is none
                ws="none",
                log_level="warning",
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=STOP_SECONDS_MAX,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGTERM to the process: uvicorn would close its sockets before any drain."""
        yield


def _protocol(settings: ServiceSettings) -> type[H11Protocol]:
    """Return uvicorn's protocol with these limits; it takes a class only."""

    class Limited(LimitedProtocol):
        limits = Limits(
            settings.http_connections_max,
            {Phase.HEADERS: settings.http_header_seconds, Phase.BODY: settings.http_body_seconds},
        )

    return Limited


class LimitedProtocol(H11Protocol):
    """
    One connection, closed when its client takes too long.

    At the limit of connections the one that has waited longest for its client makes room for the
    newest, so that those who only hold connections open shut nobody out.
    """

    limits: Limits

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._phase = Phase.ANSWER
        self.waits_since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as there
        """Take the connection, or give up one that waits for its client."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections_max:
            given_up = self._longest_waiting()
            self.connections.discard(given_up)
            given_up.transport.abort()
        self._set_phase()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines."""
        self._stop_clocks()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and see what is missing now."""
        super().data_received(data)
        self._set_phase()

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of one that was answered early."""
        super().on_response_complete()
        self._set_phase()

    def pause_writing(self) -> None:
        """Give up a client that does not read its answer."""
        super().pause_writing()
        seconds = self.limits.seconds[Phase.BODY]
        self._unread = self.loop.call_later(seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on with the answer."""
        super().resume_writing()
        if self._unread:
            self._unread.cancel()

    def _set_phase(self) -> None:
        phase = _PHASES.get(self.conn.their_state, Phase.ANSWER)
        if self.transport.is_closing():
            phase = Phase.BODY  # until the client has taken the rest of its answer
        if phase is self._phase:
            return
        self._phase, self.waits_since = phase, self.loop.time()
        if self._timer:
            self._timer.cancel()
        seconds = self.limits.seconds.get(phase)
        self._timer = self.loop.call_later(seconds, self.transport.abort) if seconds else None

    def _longest_waiting(self) -> "LimitedProtocol":
        """Find who has kept us waiting longest without a request in hand; else, take nobody new."""
        waiting = [
            it
            for it in self.connections
            if isinstance(it, LimitedProtocol)
            and it is not self
            and (it.cycle is None or it.cycle.response_complete)
        ]
        return min(waiting, key=lambda it: it.waits_since, default=self)

    def _stop_clocks(self) -> None:
        for clock in (self._timer, self._unread):
            if clock:
                clock.cancel()
