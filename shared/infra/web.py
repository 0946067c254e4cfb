"""What every HTTP door shares: problem+json (RFC 9457), health, and a plain JSON answer."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.infra.database import retryable
from shared.infra.health import Health

PROBLEM_JSON = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the RFC's own word
    """An answer that refuses: becomes problem+json."""

    def __init__(self, status: int, code: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more


def problem_response(
    status: int, code: str, detail: str, more: Mapping[str, object] | None = None
) -> JSONResponse:
    """Build a problem+json answer; ``type`` is a URN of our own with the code at its end."""
    body: dict[str, Any] = {
        "type": f"urn:qcdc:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        **(more or {}),
    }
    headers = {"Retry-After": "5"} if status == 503 else None  # noqa: PLR2004 - HTTP
    return JSONResponse(body, status, headers, PROBLEM_JSON)


def create_app(title: str, health: Health) -> FastAPI:
    """Build the HTTP application of a service with everything but its own routes."""
    app = FastAPI(title=title, version="1", docs_url="/docs", redoc_url=None)

    @app.get("/health/live", include_in_schema=False)
    async def live() -> JSONResponse:
        return JSONResponse({"status": "live"})

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        complaints = {
            part: {"condition": it.condition, "detail": it.detail}
            for part, it in health.complaints.items()
        }
        return JSONResponse({"ready": not complaints, "reasons": complaints}, 503 if complaints else 200)

    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_exception)
    app.middleware("http")(_answer_infrastructure_failures)
    return app


async def _on_problem(_: Request, it: Exception) -> JSONResponse:
    assert isinstance(it, Problem)
    return problem_response(it.status, it.code, it.detail, it.more)


async def _on_http_exception(_: Request, it: Exception) -> JSONResponse:
    assert isinstance(it, HTTPException)
    return problem_response(it.status_code, "http", str(it.detail))


async def _on_validation_error(_: Request, it: Exception) -> JSONResponse:
    assert isinstance(it, RequestValidationError)
    first = it.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return problem_response(422, "bad_request", f"{where}: {first['msg']}")


async def _on_exception(_: Request, it: Exception) -> JSONResponse:
    return problem_response(500, "internal", type(it).__name__)


async def _answer_infrastructure_failures(request: Request, call_next: Any) -> Any:  # noqa: ANN401
    """A database that is away is a 503 with Retry-After, not an empty answer and not a 500."""
    try:
        return await call_next(request)
    except Exception as problem:
        if not retryable(problem):
            raise
        return problem_response(503, "database_unavailable", "Cơ sở dữ liệu tạm thời gián đoạn.")
