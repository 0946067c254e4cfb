"""
Send a report and print its verdict: over HTTP with ``--key``, over Kafka with ``--kafka``.

Run it twice: the second answer is that of the first, because the ``event_id`` is the same.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from examples.http_client import NoAnswer, RequestRefused, UpstreamClient
from examples.kafka_client import NotAcknowledged, NoTopic, UpstreamProducer, new_verdicts

REPORT = Path(__file__).with_name("report.json")


def main() -> int:
    """Return 0 when the report counts, 1 when it does not."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", nargs="?", type=Path, default=REPORT, help="the report, as JSON")
    way = options.add_mutually_exclusive_group(required=True)
    way.add_argument("--key", help="the API key of your source")
    way.add_argument("--kafka", help="host:port of a broker")
    options.add_argument("--url", default="http://127.0.0.1:8801", help="where intake listens")
    options.add_argument("--source", default="demo", help="your name on Kafka")
    given = options.parse_args()
    report = json.loads(given.file.read_text(encoding="utf-8"))
    try:
        if given.key:
            return asyncio.run(_over_http(given.url, given.key, report))
        return asyncio.run(_over_kafka(given.kafka, given.source, report))
    except (NoAnswer, NoTopic, NotAcknowledged, RequestRefused) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        return 1


async def _over_http(url: str, key: str, report: Mapping[str, Any]) -> int:
    async with UpstreamClient.connect(url, key) as intake:
        receipt = await intake.submit(report)
    refused = receipt.problem is not None
    outcome = f"refused: {receipt.problem}" if refused else receipt.content["verdict"]
    _print(outcome, receipt.content)
    return 1 if refused else 0


async def _over_kafka(bootstrap: str, source: str, report: Mapping[str, Any]) -> int:
    async with (
        new_verdicts(bootstrap, source) as receipts,
        UpstreamProducer.connect(bootstrap, source) as intake,
    ):
        await intake.submit(report)
        async for verdict in receipts:
            if verdict.submission_id == report["event_id"]:
                _print(verdict.kind, verdict.content)
                return 0 if verdict.kind in {"SubmissionAccepted", "SubmissionParked"} else 1
    return 1


def _print(outcome: str, content: Mapping[str, Any]) -> None:
    print(outcome, f"revision {content.get('revision')}")
    for finding in content.get("findings", ()):
        print(f"  {finding['severity']} {finding['field']}: {finding['message']}")


if __name__ == "__main__":
    sys.exit(main())
