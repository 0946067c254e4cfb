"""
A client of QCDC's intake over HTTP; copy this file, it needs Python 3.11 and httpx.

A request is repeated until there is a definite answer. That is safe because intake recognises a
submission by its ``event_id``: a repeated one is answered with the receipt of the first.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

Document = Mapping[str, Any]
"""A submission as JSON (docs/SENDING.md). Its ``event_id`` is yours, and never used twice."""

ITEMS_PER_REQUEST = 300
"""Intake takes arrays of up to 1,000."""

REQUEST_SECONDS_MAX = 30.0
PAUSE_SECONDS_MIN, PAUSE_SECONDS_MAX = 0.2, 10.0


class NoAnswer(Exception):
    """There was no definite answer in time. Send the same documents again later."""


class RequestRefused(Exception):
    """The request as a whole was refused: a wrong key, or a body that is too large."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection or remark; ``severity`` is ``reject``, ``warn`` or ``needs_note``."""

    code: str
    field: str
    severity: str
    message: str
    """A sentence in Vietnamese, for the person who wrote the report."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The definite answer to one submission."""

    status: int
    """201 new revision, 200 nothing new, 202 parked, 409 conflict, 422 rejected, 404 unknown."""
    problem: str | None
    """The code of a refusal, for example ``rejected`` or ``event_id_conflict``."""
    submission_id: str | None
    revision: int | None
    findings: Sequence[Finding]
    content: Mapping[str, Any]
    """The whole answer."""

    @property
    def accepted(self) -> bool:
        """The figures count, now or since an earlier submission."""
        return self.status in (HTTPStatus.OK, HTTPStatus.CREATED)

    @classmethod
    def of(cls, status: int, content: Mapping[str, Any]) -> "Receipt":
        """Read an answer."""
        members = ("code", "field", "severity", "message")
        return cls(
            status=status,
            problem=content["type"].rpartition(":")[2] if "type" in content else None,
            submission_id=content.get("submission_id"),
            revision=content.get("revision"),
            findings=[Finding(*map(it.get, members)) for it in content.get("findings", ())],
            content=content,
        )


class UpstreamClient:
    """An upstream system with its API key."""

    def __init__(self, http: httpx.AsyncClient, seconds_max: float = 60.0) -> None:
        """Repeat each request for up to ``seconds_max``; ``math.inf`` never gives up."""
        self._http = http
        self._seconds_max = seconds_max

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, url: str, key: str, seconds_max: float = 60.0, **options: Any
    ) -> AsyncIterator["UpstreamClient"]:
        """Use intake at *url*; *options* go to ``httpx.AsyncClient``, for example ``verify``."""
        options = {"timeout": REQUEST_SECONDS_MAX, **options}
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, **options) as http:
            yield cls(http, seconds_max)

    async def submit(self, report: Document) -> Receipt:
        """Send one report. Raises NoAnswer, RequestRefused."""
        return _receipt(await self._request("POST", "/v1/submissions", json=report))

    async def submit_many(self, reports: Sequence[Document]) -> list[Receipt]:
        """Send reports in arrays, in their order. Raises NoAnswer, RequestRefused."""
        receipts: list[Receipt] = []
        for start in range(0, len(reports), ITEMS_PER_REQUEST):
            part = list(reports[start : start + ITEMS_PER_REQUEST])
            answer = await self._request("POST", "/v1/submissions", json=part)
            if answer.status_code != HTTPStatus.OK:
                raise RequestRefused(answer.text)
            receipts += [Receipt.of(it["status"], it) for it in answer.json()["results"]]
        return receipts

    async def receipt(self, event_id: str) -> Receipt | None:
        """Return what became of a submission; None when intake knows none by this id."""
        answer = await self._request("GET", f"/v1/submissions/{event_id}")
        return None if answer.status_code == HTTPStatus.NOT_FOUND else _receipt(answer)

    async def withdraw(self, event_id: str, reason: str) -> Receipt:
        """Take back the report that was accepted under an id. Raises NoAnswer, RequestRefused."""
        path = f"/v1/submissions/{event_id}"
        return _receipt(await self._request("DELETE", path, params={"reason": reason}))

    async def hand_over(self, record: Document) -> Receipt:
        """Send what a unit opens with after a reform. Raises NoAnswer, RequestRefused."""
        return _receipt(await self._request("POST", "/v1/handovers", json=record))

    async def _request(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Repeat a request until its answer leaves no doubt."""
        end, pause = time.monotonic() + self._seconds_max, PAUSE_SECONDS_MIN
        while True:
            try:
                answer = await self._http.request(method, path, **content)
            except httpx.TransportError as problem:  # sent or not: repeating tells
                seconds, reason = pause, repr(problem)
            else:
                if answer.status_code == HTTPStatus.UNAUTHORIZED:
                    raise RequestRefused(answer.text)
                if not _is_passing(answer):
                    return answer
                seconds, reason = max(pause, _retry_after(answer)), answer.text
            if time.monotonic() + seconds > end:
                raise NoAnswer(f"{method} {path}: {reason}")
            await asyncio.sleep(seconds)
            pause = min(2 * pause, PAUSE_SECONDS_MAX)


def _is_passing(answer: httpx.Response) -> bool:
    """Whether the trouble is the server's and will pass, as 503 while a database is away."""
    return answer.is_server_error or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS


def _retry_after(answer: httpx.Response) -> float:
    seconds = answer.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdecimal() else 0.0


def _receipt(answer: httpx.Response) -> Receipt:
    return Receipt.of(answer.status_code, answer.json())
