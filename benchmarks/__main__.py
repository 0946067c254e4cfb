"""
``make bench``: one log, one broker, one database; each competitor in turn, several rounds.

Prints the median of each as records/s and as a ratio. Machines are noisy: only ratios within one
run mean anything. Exits 1 when the rebuild is not fast enough, or not right.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import asyncpg
from pydantic import SecretStr

from benchmarks.log import write_log
from benchmarks.material import Material
from benchmarks.peers import bare_read, per_message
from benchmarks.settings import Size
from services.aggregator.app import NAME, rebuild
from services.aggregator.settings import AggregatorSettings
from shared.contracts.topics import REPORTS
from shared.directory.loading import load_reference_data
from tools.deployment.deployment import Deployment, Plan
from tools.stack.stack import Stack

READ_SO_FAR = """
SELECT coalesce(sum(next_offset), 0)::bigint FROM qcdc.position WHERE stream = $1 AND topic = $2
"""
STALLED_SECONDS_MAX = 120
RATIO_MIN = 10
"""The rebuild against a handler per message with one transaction each."""


async def count_live(deployment: Deployment, records: int) -> float:
    """
    Let the aggregator itself count the log, so that there is something to rebuild.

    Returns the seconds from its start. Raises RuntimeError when it gets no further.
    """
    aggregator = deployment.services["aggregator"]
    connection = await asyncpg.connect(deployment.databases["aggregator"])
    begun = moved = time.monotonic()
    aggregator.start()
    try:
        read = 0
        while read < records:
            await asyncio.sleep(0.2)
            before, read = read, await connection.fetchval(READ_SO_FAR, NAME, REPORTS)
            moved = time.monotonic() if read > before else moved
            if time.monotonic() - moved > STALLED_SECONDS_MAX:
                log = aggregator.log.read_text(encoding="utf-8")[-2000:]
                raise RuntimeError(f"the aggregator stays at {read} of {records} records:\n{log}")
    finally:
        aggregator.stop()
        await connection.close()
    return time.monotonic() - begun


async def rebuilt(deployment: Deployment, records: int) -> float:
    """
    Rebuild the ledger, compared and swapped; return records/s.

    Raises RuntimeError unless every record was replayed, each was a revision, and all agree.
    """
    url = SecretStr(deployment.databases["aggregator"])
    settings = AggregatorSettings(kafka=deployment.kafka, database=url, http_port=0)
    outcome = await rebuild(settings, verify=True)
    if (outcome.records, outcome.reports, outcome.swapped) != (records, records, True):
        raise RuntimeError(f"the log has {records} records, but: {outcome.summary}")
    return outcome.records / outcome.seconds


async def measure(stack: Stack, deployment: Deployment, size: Size) -> dict[str, float]:
    """Write the log, count it, run every round; return the median records/s by competitor."""
    reference = load_reference_data()
    material = Material(reference)
    log = await write_log(deployment.kafka, reference, material.events(size.reports))
    mean = log.size // log.records
    print(f"log: {log.records:,} records of {mean:,} bytes about {size.reports:,} reports")
    seconds = await count_live(deployment, log.records)
    print(f"live: counted in {seconds:.0f} s from the start of the aggregator", flush=True)
    peers: dict[str, Callable[[], Awaitable[float]]] = {
        "bare aiokafka read": lambda: bare_read(deployment.kafka, log.records),
        "FastStream, a message a transaction": lambda: per_message(
            deployment.kafka, stack.postgres, material.forms, size.one_by_one
        ),
        "our rebuild, compared and swapped": lambda: rebuilt(deployment, log.records),
    }
    rates: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(size.rounds):
        for name, compete in peers.items():
            rates[name].append(await compete())
    return {name: statistics.median(found) for name, found in rates.items()}


def show(rates: dict[str, float]) -> int:
    """Print rates and ratios; return 1 when the bar is missed."""
    bare, one_by_one, ours = rates.values()
    print(f"\n{'':38}{'records/s':>12}{'× per message':>16}{'of bare read':>14}")
    for name, rate in rates.items():
        print(f"{name:38}{rate:12,.0f}{rate / one_by_one:16.1f}{rate / bare:14.1%}")
    enough = ours / one_by_one >= RATIO_MIN
    print(f"\nbar: at least {RATIO_MIN} × per message: {'met' if enough else 'MISSED'}")
    return 0 if enough else 1


async def main() -> int:
    """Start a deployment, measure, and print the table."""
    size = Size.from_environ(os.environ)
    with Stack.start() as stack:
        print(*stack.describe(), sep="\n", flush=True)
        with Deployment.prepare(stack, Plan()) as deployment:
            return show(await measure(stack, deployment, size))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
