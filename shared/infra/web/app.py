"""What every HTTP interface shares: problem+json (RFC 9457), health, and a plain JSON answer."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.infra.errors import NotReady
from shared.infra.health import Health
from shared.infra.postgres.database import retryable
from shared.infra.web.health_routes import add_health_routes

log = structlog.get_logger()
PROBLEM_JSON = "application/problem+json"
_SENTENCES: Mapping[str, str] = tomllib.loads(
    (Path(__file__).parent / "problems_vi.toml").read_text(encoding="utf-8")
)
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


class Problem(Exception):
    """An answer that refuses: becomes problem+json."""

    def __init__(self, status: int, code: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more


def problem_body(
    status: int, code: str, detail: str, more: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Lay out a problem; ``type`` is a URN of our own with the code at its end."""
    return {
        "type": f"urn:qcdc:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        **(more or {}),
    }


def problem_response(
    status: int, code: str, detail: str, more: Mapping[str, object] | None = None
) -> JSONResponse:
    """Build a problem+json answer."""
    body = problem_body(status, code, detail, more)
    return JSONResponse(body, status, _HEADERS.get(status), PROBLEM_JSON)


def create_app(title: str, health: Health) -> FastAPI:
    """
    Build the HTTP application of a service with everything but its own routes.

    ``/openapi.json`` describes it; the usual page for that loads scripts from elsewhere.
    """
    app = FastAPI(title=title, version="1", docs_url=None, redoc_url=None)

    add_health_routes(app, health)
    for kind in (Problem, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _as_problem)
    app.middleware("http")(_answer_infrastructure_failures)
    return app


async def _as_problem(_: Request, it: Exception) -> JSONResponse:
    """Turn whatever ended a request into problem+json; a bug of ours tells only its class."""
    if isinstance(it, Problem):
        return problem_response(it.status, it.code, it.detail, it.more)
    if isinstance(it, HTTPException):
        return problem_response(it.status_code, "http", str(it.detail))
    if isinstance(it, RequestValidationError):
        first = it.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return problem_response(400, "bad_request", f"{where}: {first['msg']}")
    log.error("request failed", problem=repr(it), exc_info=it)
    return problem_response(500, "internal", type(it).__name__)


async def _answer_infrastructure_failures(request: Request, call_next: Any) -> Any:
    """Answer 503 with Retry-After while the database is away: not an empty list, not a 500."""
    try:
        return await call_next(request)
    except NotReady as problem:
        return problem_response(503, "starting", str(problem))
    except Exception as problem:
        if not retryable(problem):
            raise
        return problem_response(503, "database_unavailable", _SENTENCES["database_unavailable"])
