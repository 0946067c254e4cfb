"""The HTTP application of every service, but for its own routes."""

from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from shared.infra.errors import NotReady
from shared.infra.health import Health
from shared.infra.postgres.database import retryable
from shared.infra.web.description import add_description
from shared.infra.web.health_routes import add_health_routes
from shared.infra.web.parameters import StrictRoute
from shared.infra.web.problems import SENTENCES, Problem, problem_response

log = structlog.get_logger()


def create_app(title: str, health: Health) -> FastAPI:
    """Build the application; every route that is added to it is a ``StrictRoute``."""
    app = FastAPI(title=title, version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.router.route_class = StrictRoute
    add_health_routes(app, health)
    add_description(app)
    for kind in (Problem, HTTPException, RequestValidationError, ClientDisconnect):
        app.add_exception_handler(kind, _as_problem)
    app.middleware("http")(_answer_every_failure)
    return app


async def _as_problem(request: Request, it: Exception) -> Response:
    """Turn whatever ended a request into problem+json; a bug of ours tells only its class."""
    if isinstance(it, Problem):
        return problem_response(it.status, it.code, it.detail, it.more)
    if isinstance(it, HTTPException):
        answer = problem_response(it.status_code, "http", str(it.detail))
        answer.headers.update(_allowed(request) if it.status_code == 405 else {})  # noqa: PLR2004 - HTTP
        return answer
    if isinstance(it, RequestValidationError):
        first = it.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return problem_response(400, "bad_request", f"{where}: {first['msg']}")
    if isinstance(it, ClientDisconnect):
        return Response(status_code=400)  # nobody is there to read it
    log.error("request failed", problem=repr(it), exc_info=it)
    return problem_response(500, "internal", type(it).__name__)


def _allowed(request: Request) -> dict[str, str]:
    """Name the methods of an address, which may have a route for each."""
    routes = (it for it in request.app.routes if it.matches(request.scope)[0] is not Match.NONE)
    methods = {method for it in routes for method in it.methods}
    return {"Allow": ", ".join(sorted(methods))}


async def _answer_every_failure(request: Request, call_next: Any) -> Any:
    """
    Answer 503 with Retry-After while the database is away: not an empty list, not a 500.

    A bug is answered and logged here, once; the server would log it again and cut the connection.
    """
    try:
        return await call_next(request)
    except NotReady as problem:
        return problem_response(503, "starting", str(problem))
    except Exception as problem:  # noqa: BLE001 - the outermost place
        if retryable(problem):
            code = "database_unavailable"
            return problem_response(503, code, SENTENCES[code])
        return await _as_problem(request, problem)
