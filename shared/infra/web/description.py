"""The OpenAPI document, true of what every route answers beside its own answers."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from shared.infra.web.problems import PROBLEM_JSON

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "example": "urn:qcdc:problem:unknown_parameter"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Vietnamese, for people"},
    },
}
_ALWAYS = {
    400: "A parameter is unknown, repeated, or no value that the address takes",
    503: "The database is away, or nothing can be answered yet; try again after Retry-After",
}
_OF_FASTAPI = ("HTTPValidationError", "ValidationError")


def problem_answer(description: str, **properties: Any) -> dict[str, Any]:
    """Describe an answer that refuses; *properties* are members of its own."""
    schema = PROBLEM_SCHEMA | {"properties": PROBLEM_SCHEMA["properties"] | properties}
    return {"description": description, "content": {PROBLEM_JSON: {"schema": schema}}}


def add_description(app: FastAPI) -> None:
    """Answer ``/openapi.json``; the usual page for that loads scripts from elsewhere."""

    @app.get("/openapi.json", include_in_schema=False)
    async def description() -> JSONResponse:
        return JSONResponse(described(app))


def described(app: FastAPI) -> dict[str, Any]:
    """
    Describe an application as it answers.

    FastAPI documents 422 for parameters that do not fit; ours are answered with 400, and 422 is
    documented only where a route says so.
    """
    document = app.openapi()
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            responses = operation["responses"]
            if PROBLEM_JSON not in responses.get("422", {}).get("content", {}):
                responses.pop("422", None)
            for status, words in _ALWAYS.items():
                responses.setdefault(str(status), problem_answer(words))
    for name in _OF_FASTAPI:
        document.get("components", {}).get("schemas", {}).pop(name, None)
    return document
