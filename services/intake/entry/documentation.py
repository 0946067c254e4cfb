"""The parts of the OpenAPI document that FastAPI cannot see: bodies are read byte by byte."""

from typing import Any

from shared.contracts.event import Event
from shared.contracts.reports import HandoverSubmitted, ReportSubmitted
from shared.infra.web.description import problem_answer

Responses = dict[int | str, dict[str, Any]]


def _body(event: type[Event]) -> dict[str, Any]:
    schema = event.model_json_schema()
    schema["required"] = [it for it in schema["required"] if it != "occurred_at"]
    several = {"type": "array", "maxItems": 1000, "items": schema}
    content = {"application/json": {"schema": {"oneOf": [schema, several]}}}
    return {"requestBody": {"required": True, "content": content}}


_FINDINGS = {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}}
_NO_KEY: Responses = {401: problem_answer("No valid API key")}
_UNKNOWN: Responses = {404: problem_answer("This source has sent no such submission")}
_REFUSED: Responses = {
    409: problem_answer("What is there already stands against it", findings=_FINDINGS),
    422: problem_answer("Rejected, with all findings", findings=_FINDINGS),
}

SENDING: Responses = {
    **_NO_KEY,
    **_REFUSED,
    400: problem_answer("The body is not JSON, or not the event that its headers announce"),
    413: problem_answer("The body, an item of it or their number is too large"),
    415: problem_answer("A CloudEvent whose format or type is not taken here"),
}
FINDING: Responses = {**_NO_KEY, **_UNKNOWN}
WITHDRAWING: Responses = {**_NO_KEY, **_UNKNOWN, **_REFUSED}

SUBMISSION_BODY = _body(ReportSubmitted)
HANDOVER_BODY = _body(HandoverSubmitted)
