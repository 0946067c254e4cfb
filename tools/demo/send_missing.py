"""
``python -m tools.demo.send_missing``: post the reports that the running demo still misses.

Whoever is late is asked of the aggregator, so this may be run again and then sends nothing.
"""

import argparse
import asyncio
import os
import sys

import httpx

from examples.http_client import NoAnswer, RequestRefused, UpstreamClient
from shared.directory.loading import load_reference_data
from shared.reference.periods import Period, parse_period
from tools.demo import queries
from tools.demo.checks import until_nothing_is_missing
from tools.demo.deliveries import submission
from tools.demo.scenario import AREA, FORM, current_period, current_report
from tools.demo.sending import document, expect_all_accepted
from tools.demo.settings import DemoError, Ports, url
from tools.qcdc.clock import system_clock

COUNTED_SECONDS_MAX = 10.0


def main() -> int:
    """Return what the shell sees."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--key", required=True, help="the API key that the demo printed")
    options.add_argument("--period", help="the period that is late; the newest closed month")
    given = options.parse_args()
    try:
        period = _period(given.period)
        asyncio.run(_send(Ports.from_environ(os.environ), given.key, period))
    except (DemoError, NoAnswer, RequestRefused, httpx.HTTPError) as problem:
        print(f"send_missing: {problem}", file=sys.stderr)
        return 1
    return 0


async def _send(ports: Ports, key: str, period: Period) -> None:
    async with (
        _reader(ports.aggregator) as aggregator,
        _reader(ports.notifier) as notifier,
        UpstreamClient.connect(url(ports.intake), key, trust_env=False) as intake,
    ):
        late = await queries.missing(aggregator, AREA, FORM, period.code)
        if not late:
            print(f"nobody owes {FORM} for {period.code} any more")
            return
        catalogue, now = load_reference_data().catalogue, system_clock()
        reports = [current_report(it.unit, period, catalogue) for it in late]
        documents = [document(submission(it, now)) for it in reports]
        expect_all_accepted(await intake.submit_many(documents))

        async def look() -> list[str]:
            place = (FORM, period.code)
            missing = await queries.missing(aggregator, AREA, *place)
            return [it.unit for it in missing] + await queries.overdue(notifier, *place)

        await until_nothing_is_missing(look, COUNTED_SECONDS_MAX)
        print(f"sent, late: {', '.join(it.name for it in late)}")
        print("nobody is missing or overdue any more, so no further notice follows")


def _reader(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url(port), trust_env=False)


def _period(code: str | None) -> Period:
    period = parse_period(code) if code else current_period(system_clock())
    if period is None:
        raise DemoError(f"{code!r} is no period")
    return period


if __name__ == "__main__":
    sys.exit(main())
