"""The doors of the deployment, as somebody on the same host finds them."""

import asyncio
import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any

from shared.contracts.reports import ReportSubmitted
from shared.contracts.topics import submissions_topic
from shared.contracts.wire import encode
from shared.infra.kafka.broker import producer
from tools.compose_check.project import CheckFailed
from tools.compose_check.reports import AREA, PERIOD
from tools.stack.ports import HOST

SOURCE = "demo"
CREATED, OK = 201, 200
REQUEST_SECONDS_MAX = 20
Figures = list[dict[str, Any]]
"""JSON, as it was answered."""


class Doors:
    """An upstream system with its key, and a reader of totals."""

    def __init__(self, ports: Mapping[str, int], key: str) -> None:
        self._ports = ports
        self._key = key

    def send_over_http(self, report: ReportSubmitted) -> None:
        """Post a report; it is durable and accepted when this returns."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        body = report.model_dump_json()
        status, answer = self._ask("intake", "POST", "/v1/submissions", body, headers)
        if status != CREATED:
            raise CheckFailed(f"intake answered {status}: {answer}")

    def send_over_kafka(self, report: ReportSubmitted) -> None:
        """Publish a report on the upstream's topic, from outside the containers."""
        asyncio.run(self._publish(report))

    def figures(self) -> Figures:
        """Read the totals of the area."""
        status, answer = self._ask("aggregator", "GET", f"/v1/totals?unit={AREA}&period={PERIOD}")
        if status != OK:
            raise CheckFailed(f"aggregator answered {status}: {answer}")
        figures: Figures = answer["figures"]
        return figures

    def check_ready(self, service: str) -> None:
        """Make sure that a service has no complaints."""
        status, answer = self._ask(service, "GET", "/health/ready")
        if status != OK:
            raise CheckFailed(f"{service} is not ready: {answer}")

    async def _publish(self, report: ReportSubmitted) -> None:
        message = encode(report, f"compose-check/{SOURCE}")
        kafka = producer(f"{HOST}:{self._ports['kafka']}", "compose-check")
        await kafka.start()
        try:
            await kafka.send_and_wait(
                submissions_topic(SOURCE),
                message.body,
                key=report.unit.encode(),
                headers=message.headers,
            )
        finally:
            await kafka.stop()

    def _ask(
        self,
        service: str,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        connection = HTTPConnection(HOST, self._ports[service], timeout=REQUEST_SECONDS_MAX)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as problem:
            raise CheckFailed(f"{service} does not answer {path}: {problem!r}") from problem
        finally:
            connection.close()
