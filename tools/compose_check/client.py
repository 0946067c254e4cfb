"""The deployment as somebody on the same host sees it: an upstream system, and a reader."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from examples.http_client import Document, NoAnswer, Receipt, RequestRefused, UpstreamClient
from examples.kafka_client import NotAcknowledged, UpstreamProducer
from tools.compose_check.project import CheckFailed
from tools.compose_check.reports import AREA, PERIOD
from tools.stack.ports import HOST

SOURCE = "demo"
REQUEST_SECONDS_MAX = 20
Figures = list[dict[str, Any]]
"""JSON, as it was answered."""


class DeploymentClient:
    """Uses the ports that the deployment publishes."""

    def __init__(self, ports: Mapping[str, int], key: str) -> None:
        self._ports = ports
        self._key = key

    def send_over_http(self, report: Document) -> None:
        """Post a report; it is durable and accepted when this returns."""
        try:
            receipt = asyncio.run(self._submit(report))
        except (NoAnswer, RequestRefused) as problem:
            raise CheckFailed(f"intake: {problem}") from problem
        if not receipt.accepted:
            raise CheckFailed(f"intake answered {receipt.status}: {receipt.content}")

    def send_over_kafka(self, report: Document) -> None:
        """Publish a report on the upstream's topic, from outside the containers."""
        try:
            asyncio.run(self._publish(report))
        except NotAcknowledged as problem:
            raise CheckFailed(f"Kafka: {problem}") from problem

    def figures(self) -> Figures:
        """Read the totals of the area."""
        question = {"unit": AREA, "period": PERIOD}
        figures: Figures = self._get("aggregator", "/v1/totals", question)["figures"]
        return figures

    def check_health(self, service: str) -> None:
        """Make sure that a service is ready and has no complaints."""
        health = self._get(service, "/health", {})
        if health != {"ready": True, "complaints": {}}:
            raise CheckFailed(f"{service} complains: {health}")

    async def _submit(self, report: Document) -> Receipt:
        async with UpstreamClient.connect(
            self._url("intake"), self._key, timeout=REQUEST_SECONDS_MAX, trust_env=False
        ) as intake:
            return await intake.submit(report)

    async def _publish(self, report: Document) -> None:
        bootstrap = f"{HOST}:{self._ports['kafka']}"
        async with UpstreamProducer.connect(bootstrap, SOURCE) as intake:
            await intake.submit(report)

    def _get(self, service: str, path: str, question: Mapping[str, str]) -> Any:
        url = self._url(service) + path
        try:
            answer = httpx.get(
                url, params=dict(question), timeout=REQUEST_SECONDS_MAX, trust_env=False
            )
            content = answer.json()
        except (httpx.HTTPError, ValueError) as problem:
            raise CheckFailed(f"{service} does not answer {path}: {problem!r}") from problem
        if answer.status_code != httpx.codes.OK:
            raise CheckFailed(f"{service} answered {answer.status_code}: {content}")
        return content

    def _url(self, service: str) -> str:
        return f"http://{HOST}:{self._ports[service]}"
