"""
``make bench``: one log, one broker, one database; each competitor in turn, several rounds.

Prints the median of each as reports/s and as a ratio. Machines are noisy: only ratios within one
run mean anything. Exits 1 when the rebuild is not fast enough, or not right.
"""

import asyncio
import os
import statistics
import sys
from collections.abc import Awaitable, Callable

import asyncpg
from pydantic import SecretStr

from benchmarks.material import write_log
from benchmarks.peers import bare_read, per_message
from services.aggregator.app import rebuild
from services.aggregator.settings import AggregatorSettings
from tools.deployment.deployment import Deployment, Plan
from tools.stack.stack import Stack

REPORTS = int(os.environ.get("QCDC_BENCH_REPORTS", "60000"))
ONE_BY_ONE = int(os.environ.get("QCDC_BENCH_ONE_BY_ONE", "3000"))
ROUNDS = int(os.environ.get("QCDC_BENCH_ROUNDS", "3"))
READ_SO_FAR = "SELECT coalesce(sum(next_offset), 0) FROM qcdc.position"
RATIO_MIN = 10
"""What a rebuild is worth: the rebuild against a handler per message with one transaction each."""


async def count_live(deployment: Deployment) -> None:
    """Let the aggregator itself count everything, so that there is something to rebuild."""
    connection = await asyncpg.connect(deployment.databases["aggregator"])
    try:
        read = 0
        while read < REPORTS:
            await asyncio.sleep(0.2)
            read = await connection.fetchval(READ_SO_FAR)
    finally:
        await connection.close()


async def rebuilt(deployment: Deployment) -> float:
    """Rebuild the ledger, compared and swapped; return reports/s."""
    url = SecretStr(deployment.databases["aggregator"])
    settings = AggregatorSettings(kafka=deployment.kafka, database=url, http_port=0)
    outcome = await rebuild(settings, verify=True)
    if outcome.records != REPORTS or not outcome.swapped:
        raise AssertionError(outcome.summary)
    return outcome.records / outcome.seconds


async def main() -> int:
    """Run every round and print the table."""
    with Stack.start() as stack:
        print(*stack.describe(), sep="\n")
        with Deployment.prepare(stack, Plan()) as deployment:
            size = await write_log(deployment.kafka, REPORTS)
            print(f"log: {REPORTS} reports of {size} bytes in 12 partitions; {ROUNDS} rounds each")
            deployment.services["aggregator"].start()
            await count_live(deployment)
            deployment.services["aggregator"].stop()
            peers: dict[str, Callable[[], Awaitable[float]]] = {
                "bare aiokafka read": lambda: bare_read(deployment.kafka, REPORTS),
                "FastStream, a message a transaction": lambda: per_message(
                    deployment.kafka, stack.postgres, ONE_BY_ONE
                ),
                "our rebuild, compared and swapped": lambda: rebuilt(deployment),
            }
            rates: dict[str, list[float]] = {name: [] for name in peers}
            for _ in range(ROUNDS):
                for name, measure in peers.items():
                    rates[name].append(await measure())
    return show({name: statistics.median(found) for name, found in rates.items()})


def show(rates: dict[str, float]) -> int:
    """Print rates and ratios; return 1 when the bar is missed."""
    bare, one_by_one, ours = rates.values()
    print(f"\n{'':38}{'reports/s':>12}{'× per message':>16}{'of bare read':>14}")
    for name, rate in rates.items():
        print(f"{name:38}{rate:12,.0f}{rate / one_by_one:16.1f}{rate / bare:14.1%}")
    enough = ours / one_by_one >= RATIO_MIN
    print(f"\nbar: at least {RATIO_MIN} × per message: {'met' if enough else 'MISSED'}")
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
