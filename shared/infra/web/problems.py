"""Answers that refuse: problem+json (RFC 9457), with a sentence from the catalogue for people."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi.responses import JSONResponse

PROBLEM_JSON = "application/problem+json"
SENTENCES: Mapping[str, str] = tomllib.loads(
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
