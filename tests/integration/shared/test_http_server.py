"""Clients that take their time, or many connections, keep nobody else from an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from fastapi import FastAPI, Request, Response

from shared.infra.health import Health
from shared.infra.web.app import create_app
from tests.builders.http_server import exchange, listening, until_closed
from tests.eventually import eventually
from tools.stack.ports import HOST

HALF_OPEN = 1500
LIVE = b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
SECONDS_MAX = 20
"""Generous: the machine may be busy."""


@asynccontextmanager
async def application() -> AsyncIterator[tuple[FastAPI, asyncio.Event]]:
    """Provide an application with a route that reads, one that is slow, and one that says much."""
    app, go_on = create_app("test", Health()), asyncio.Event()

    @app.post("/body")
    async def body(request: Request) -> Response:
        return Response(str(len(await request.body())))

    @app.get("/slow")
    async def slow() -> Response:
        await go_on.wait()
        return Response("at last")

    @app.get("/much")
    async def much() -> Response:
        return Response(b"x" * 50_000_000)

    yield app, go_on


async def test_half_open_requests_end_and_shut_nobody_out() -> None:
    """Each of 1,500 clients begins a request and never ends it; nobody needs a key for that."""
    readers, answers = [], []
    async with (
        application() as (app, _),
        listening(app, connections=100, headers=2) as port,
        AsyncExitStack() as undo,
    ):
        for number in range(HALF_OPEN):
            reader, writer = await asyncio.open_connection(HOST, port)
            undo.callback(writer.close)
            writer.write(b"GET /health/live HTTP/1.1\r\nHost: a\r\nX: ")
            readers.append(reader)
            if number % 100 == 99:
                answers.append(await exchange(port, LIVE))
        async with asyncio.timeout(SECONDS_MAX):
            await asyncio.gather(*(until_closed(it) for it in readers))

    assert [it[:12] for it in answers] == [b"HTTP/1.1 200"] * (HALF_OPEN // 100)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /health/live HTTP/1.1\r\nHost: a\r\nX: ",
        b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome",
        b"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n",
        b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome",
        b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ids=["nothing", "headers", "body", "chunks", "refused-body", "idle"],
)
async def test_who_never_ends_is_cut_off(begun: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """Also byte by byte: what counts is the time, not the silence; and it is no bug of ours."""

    async def trickle(writer: asyncio.StreamWriter) -> None:
        while begun:
            writer.write(b"x" if not begun.endswith(b"\r\n\r\n") else b"")
            await asyncio.sleep(0.1)

    async with application() as (app, _), listening(app, headers=0.5, body=1) as port:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(begun)
        trickling = asyncio.create_task(trickle(writer))
        async with asyncio.timeout(SECONDS_MAX):
            await until_closed(reader)
        trickling.cancel()
        writer.close()
        await asyncio.gather(trickling, return_exceptions=True)

    assert "Traceback" not in "".join(capfd.readouterr())


async def test_who_does_not_read_is_cut_off() -> None:
    """Fifty megabytes would wait in our memory for as long as the client likes."""
    async with application() as (app, _), listening(app, body=1) as port:
        reader, writer = await asyncio.open_connection(HOST, port, limit=1000)
        writer.write(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readline()
        await asyncio.sleep(2)  # the client's own laziness, not a wait for a condition
        async with asyncio.timeout(SECONDS_MAX):
            received = await until_closed(reader)
        writer.close()

    assert len(received) < 50_000_000


async def test_an_answer_may_take_longer_than_a_client() -> None:
    """The limits are for those who keep us waiting; a long question is ours to answer."""
    async with application() as (app, go_on), listening(app, headers=0.2, body=0.2) as port:
        asking = asyncio.create_task(
            exchange(port, b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        )
        for _ in range(3):  # three others come and are cut off meanwhile
            await exchange(port, b"GET")
        assert not asking.done()
        go_on.set()

        assert (await asking).endswith(b"at last")


async def test_a_request_at_work_is_not_given_up_for_a_new_one() -> None:
    """At the limit, who waits for us stays; only who lets us wait makes room."""
    async with application() as (app, go_on), listening(app, connections=2, headers=30) as port:
        asking = [
            asyncio.create_task(
                exchange(port, b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            )
            for _ in range(2)
        ]
        await eventually(lambda: refused(port), seconds=SECONDS_MAX)
        go_on.set()

        assert [it.endswith(b"at last") for it in await asyncio.gather(*asking)] == [True, True]


async def refused(port: int) -> bool:
    return not await exchange(port, LIVE)
