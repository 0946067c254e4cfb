"""The parts of the OpenAPI document that FastAPI cannot see: bodies are read byte by byte."""

from typing import Any

from shared.contracts.event import Event
from shared.contracts.reports import HandoverSubmitted, ReportSubmitted
from shared.infra.web.app import PROBLEM_JSON

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "example": "urn:qcdc:problem:rejected"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Vietnamese, for people"},
        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    },
}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {PROBLEM_JSON: {"schema": _PROBLEM}}}


def _body(event: type[Event]) -> dict[str, Any]:
    schema = event.model_json_schema()
    schema["required"] = [it for it in schema["required"] if it != "occurred_at"]
    several = {"type": "array", "maxItems": 1000, "items": schema}
    content = {"application/json": {"schema": {"oneOf": [schema, several]}}}
    return {"requestBody": {"required": True, "content": content}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: _problem("The body is not JSON"),
    401: _problem("No valid API key"),
    404: _problem("This source has sent no such submission"),
    409: _problem("What is there already stands against it"),
    413: _problem("The body is too large"),
    422: _problem("Rejected, with all findings"),
    503: _problem("The database is away; try again after Retry-After seconds"),
}

SUBMISSION_BODY = _body(ReportSubmitted)
HANDOVER_BODY = _body(HandoverSubmitted)
