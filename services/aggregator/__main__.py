"""``python -m services.aggregator serve|migrate|rebuild``; the only place that reads settings."""

import sys

from services.aggregator.rebuild import rebuild
from services.aggregator.settings import Settings
from services.aggregator.wiring import MIGRATIONS, build
from shared.infra import command


async def _rebuild(settings: Settings) -> None:
    outcome = await rebuild(settings, verify="--verify" in sys.argv)
    print("\n".join((outcome.summary, *outcome.examples)))  # noqa: T201 - for the operator
    sys.exit(outcome.exit_code)


if __name__ == "__main__":
    command.main(Settings, build, MIGRATIONS, {"rebuild": _rebuild})
