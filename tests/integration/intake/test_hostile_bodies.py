"""Whatever a sender with a key posts, everybody else is answered meanwhile."""

import gc
import json
from collections.abc import AsyncIterator

import pytest

from shared.infra import collector
from tests.builders.http_server import exchange, listening, probing
from tests.builders.intake_service import NOWHERE, Upstream, document, served

HELD_SECONDS_MAX = 0.1
MEGABYTES_16 = 16 * 1_048_576


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Provide an intake on PostgreSQL; Kafka plays no part."""
    thresholds = gc.get_threshold()
    collector.tune()  # as a service does; what pytest has loaded is none of ours
    try:
        async with served(postgres_url, NOWHERE) as it:
            yield it
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def _filled(begin: bytes, item: bytes, end: bytes, size: int) -> bytes:
    return begin + item * ((size - len(begin) - len(end)) // len(item)) + end


HOSTILE = {
    "zeros": (_filled(b"[", b"0,", b"0]", MEGABYTES_16), 413),
    "lists": (_filled(b"[", b"[],", b"0]", MEGABYTES_16), 413),
    "deep": (_filled(b"", b"[", b"", MEGABYTES_16), 400),
    "one list": (_filled(b"[[", b"0,", b"0]]", MEGABYTES_16), 413),
    "one string": (_filled(b'["', "ế".encode(), b'"]', MEGABYTES_16), 413),
    "blanks": (_filled(b"[", b" ", b"0]", MEGABYTES_16), 200),
    "beyond": (_filled(b"[", b"0,", b"0]", MEGABYTES_16 + 100), 413),
    "one document of zeros": (_filled(b'{"a":[', b"0,", b"0]}", 1_048_000), 422),
    "16 documents of zeros": (
        b"[" + b",".join([_filled(b'{"event_id":"a","a":[', b"0,", b"0]}", 1_040_000)] * 16) + b"]",
        200,
    ),
    "keys": (
        b'{"event_id":"b",' + b",".join(b'"%d":0' % it for it in range(90_000)) + b"}",
        422,
    ),
    "figures": (
        b'{"event_id":"c","figures":{' + b",".join(b'"%d":0' % it for it in range(90_000)) + b"}}",
        422,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_the_loop_is_not_held(name: str, upstream: Upstream) -> None:
    """16 MB of zeros held it for ten seconds: no answer, no health, no consumer's heartbeat."""
    body, status = HOSTILE[name]
    held = []
    async with listening(upstream.intake.app) as port:
        for _ in range(3):  # the kernel may take its time for sixteen fresh megabytes, once
            async with probing() as probe:
                answer = await exchange(port, *_request(upstream, body))
            held.append(probe.held_max)
            if held[-1] < HELD_SECONDS_MAX:
                break

    assert answer[:12].decode() == f"HTTP/1.1 {status}"
    assert min(held) < HELD_SECONDS_MAX, held


async def test_a_thousand_reports_hold_nobody_up(upstream: Upstream) -> None:
    """The largest array that is taken is judged beside other requests."""
    reports = [document(it % 129, it, note="ghi chú " * 20) for it in range(1000)]
    body = json.dumps(reports).encode()
    async with listening(upstream.intake.app) as port, probing() as probe:
        answer = await exchange(port, *_request(upstream, body))

    results = json.loads(answer.partition(b"\r\n\r\n")[2])["results"]
    assert {it["status"] for it in results} == {201}
    assert probe.held_max < HELD_SECONDS_MAX


async def test_a_thousand_wrong_reports_hold_nobody_up(upstream: Upstream) -> None:
    """Each has more faults than an answer names, and all of them are looked at."""
    wrong = {f"dvk_models_{it:03}": f"{it},5" for it in range(150)}
    reports = [document(it % 129) | {"figures": wrong} for it in range(1000)]
    body = json.dumps(reports, separators=(",", ":")).encode()
    assert len(body) < MEGABYTES_16
    async with listening(upstream.intake.app) as port, probing() as probe:
        answer = await exchange(port, *_request(upstream, body))

    results = json.loads(answer.partition(b"\r\n\r\n")[2])["results"]
    assert {it["status"] for it in results} == {422}
    assert probe.held_max < HELD_SECONDS_MAX


def _request(upstream: Upstream, body: bytes) -> list[bytes]:
    head = (
        "POST /v1/submissions HTTP/1.1\r\nHost: intake\r\nConnection: close\r\n"
        f"Authorization: {upstream.http.headers['authorization']}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
    return [head.encode(), *pieces]
