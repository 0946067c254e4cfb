"""``qcdc rebuild``: a progress line while the reports are replayed, then what was found."""

import sys
from collections.abc import Callable

from services.aggregator.app import rebuild as rebuild_aggregator
from services.aggregator.errors import CannotRebuild
from services.aggregator.settings import AggregatorSettings
from services.aggregator.store.swap import RebuildOutcome
from shared.infra.errors import Misconfigured
from tools.qcdc.settings import OperatorSettings


async def rebuild(
    settings: OperatorSettings, service: str, *, verify: bool, quiet: bool
) -> RebuildOutcome:
    """
    Rebuild the aggregator's ledger; no other service keeps what could be rebuilt.

    Raises:
        Misconfigured: also when the rebuild cannot begin; the live tables are untouched then.

    """
    if service != "aggregator":
        raise Misconfigured(f"{service} keeps no projection; only the aggregator can be rebuilt")
    settings.kafka_or_fail()
    aggregator_settings = settings.of_service("aggregator", AggregatorSettings)
    try:
        return await rebuild_aggregator(
            aggregator_settings, verify=verify, progress=None if quiet else _line()
        )
    except CannotRebuild as problem:
        raise Misconfigured(str(problem)) from problem


def _line() -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        end = "\n" if done >= total else "\r"
        print(f"replayed {done} of {total} records", end=end, file=sys.stderr, flush=True)

    return progress
