"""
``python -m services.aggregator serve|migrate|rebuild|close``; the only place that reads settings.

``close --unit 80.2 --form F05 --period cal.2025 --document "…" [--dry-run]`` signs figures.
"""

import sys
from argparse import ArgumentParser

from services.aggregator.closing import Order, close_figures
from services.aggregator.rebuild import rebuild
from services.aggregator.settings import AggregatorSettings
from services.aggregator.wiring import MIGRATIONS, build
from shared.infra import command


async def _rebuild(settings: AggregatorSettings) -> None:
    outcome = await rebuild(settings, verify="--verify" in sys.argv)
    print("\n".join((outcome.summary, *outcome.examples)))  # noqa: T201 - for the operator
    sys.exit(outcome.exit_code)


async def _close(settings: AggregatorSettings) -> None:
    parser = ArgumentParser("python -m services.aggregator close")
    for name in ("unit", "form", "period", "document"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--dry-run", action="store_true")
    asked = vars(parser.parse_args(sys.argv[2:]))
    dry_run = asked.pop("dry_run")
    snapshot = await close_figures(settings, Order(**asked), dry_run=dry_run)
    print(snapshot.summary)  # noqa: T201 - for the operator


if __name__ == "__main__":
    command.main(AggregatorSettings, build, MIGRATIONS, {"rebuild": _rebuild, "close": _close})
