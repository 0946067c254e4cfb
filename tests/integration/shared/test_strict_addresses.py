"""No route of any service reads an address otherwise than whoever wrote it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.infra.web.description import described
from shared.infra.web.parameters import StrictRoute
from tests.architecture.services import built_services
from tools.generate.flow import SERVICES

Operation = tuple[str, str, APIRoute]


def _operations(app: FastAPI) -> Iterator[Operation]:
    """Yield every method of every route, with an address that fits it."""
    for route in app.routes:
        assert isinstance(route, StrictRoute), f"{route} reads parameters in its own way"
        for method in route.methods or ():
            yield method, route.path.replace("{event_id}", "a").replace("{key}", "37.2"), route


OPERATIONS = [(name, *it) for name in SERVICES for it in _operations(built_services()[name].app)]
every_operation = pytest.mark.parametrize(
    ("name", "method", "path", "route"),
    OPERATIONS,
    ids=[f"{method} {name}{route.path}" for name, method, _, route in OPERATIONS],
)


@pytest.fixture
async def http(name: str) -> AsyncIterator[httpx.AsyncClient]:
    """Ask a service of which nothing is connected: a refusal needs neither tables nor a key."""
    transport = httpx.ASGITransport(built_services()[name].app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


def test_every_route_is_walked() -> None:
    """An empty walk would prove nothing."""
    paths = {route.path for _, _, _, route in OPERATIONS}

    assert {"/v1/submissions", "/v1/totals", "/v1/notices", "/health", "/openapi.json"} <= paths


@every_operation
async def test_a_parameter_that_nobody_reads_is_refused(
    http: httpx.AsyncClient, method: str, path: str, route: StrictRoute
) -> None:
    """``?dry_run=true`` stored the report, ``?periode=`` answered for all periods."""
    answer = await http.request(method, path, params={"dry_run": "true"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["parameter"] == "dry_run"
    assert problem.get("known", []) == sorted(route.known)
    assert [it for it in ("dry_run", *route.known) if it not in problem["detail"]] == []


@every_operation
async def test_a_parameter_with_two_values_or_none_that_can_be_read_is_refused(
    http: httpx.AsyncClient, method: str, path: str, route: StrictRoute
) -> None:
    """Of two the last one won; NUL was a 500, since no table can hold it."""
    for parameter, repeatable in route.known.items():
        for value in ("%00", "a%00b", "%01", "%ff", "%C2%85"):
            answer = await http.request(method, f"{path}?{parameter}={value}")
            assert _code(answer) == (400, "unreadable_parameter"), (parameter, value)
        if not repeatable:
            answer = await http.request(method, f"{path}?{parameter}=1&{parameter}=2")
            assert _code(answer) == (400, "repeated_parameter"), parameter


@every_operation
async def test_a_path_that_no_table_can_hold_is_refused(
    http: httpx.AsyncClient, method: str, path: str, route: StrictRoute
) -> None:
    """A path is a parameter too."""
    for last in path.rpartition("/")[2:] if "{" in route.path else ():
        answer = await http.request(method, path.removesuffix(last) + "%00")
        assert answer.status_code == 400


@every_operation
async def test_another_method_is_answered_with_those_that_there_are(
    http: httpx.AsyncClient,
    method: str,
    path: str,
    route: StrictRoute,  # noqa: ARG001 - the parameters are those of every walk
) -> None:
    """RFC 9110, 15.5.6: 405 carries Allow, with the methods of all routes of the address."""
    answer = await http.request("PATCH", path)

    assert _code(answer) == (405, "http")
    assert method in answer.headers["allow"].split(", ")


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_documented_is_what_comes(name: str) -> None:
    """FastAPI documents 422 for parameters that do not fit; every service answers 400."""
    document = described(built_services()[name].app)
    judged = {("/v1/submissions", "post"), ("/v1/handovers", "post")} | {
        ("/v1/submissions/{event_id}", "delete")
    }

    operations = {
        (path, method): operation["responses"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert operations
    assert {it for it, responses in operations.items() if "422" in responses} == {
        it for it in judged if it in operations
    }
    for responses in operations.values():
        assert _problems(responses) >= {"400", "503"}
        assert _problems(responses) == {it for it in responses if it >= "400"}
    assert "HTTPValidationError" not in str(document)


def _problems(responses: dict[str, Any]) -> set[str]:
    return {
        status
        for status, answer in responses.items()
        if "application/problem+json" in answer.get("content", {})
    }


def _code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]
