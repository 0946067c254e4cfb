"""
``/health/live``, ``/health/ready``, ``/health``: for a supervisor, a balancer, an operator.

None of them tells what only the log may hold: users, databases, addresses, exceptions.
"""

from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from shared.infra.health import Complaint, Health


def add_health_routes(app: FastAPI, health: Health) -> None:
    """Add the three routes, which the interface's description leaves out."""

    @app.get("/health/live", include_in_schema=False)
    async def live() -> JSONResponse:
        """Answer 200 for as long as the event loop turns."""
        return JSONResponse({"status": "live"})

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        """Answer 200, or 503 with what keeps the service from answering."""
        reasons = {part: {"condition": it.condition} for part, it in health.obstacles.items()}
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    @app.get("/health", include_in_schema=False)
    async def complaints() -> JSONResponse:
        """Answer 200 with every complaint, by part."""
        found = {part: _shown(it) for part, it in health.complaints.items()}
        return JSONResponse({"ready": not health.obstacles, "complaints": found})


def _shown(complaint: Complaint) -> dict[str, str | int]:
    since = datetime.fromtimestamp(complaint.since, UTC)
    return {
        "condition": complaint.condition,
        "since": since.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "remedy": complaint.condition.remedy,
        **({} if complaint.count is None else {"count": complaint.count}),
    }
