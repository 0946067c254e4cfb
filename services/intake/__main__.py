"""``python -m services.intake serve|migrate|rejudge``; the only place that reads settings."""

import argparse
import sys

from services.intake.rejudging import Order
from services.intake.settings import IntakeSettings
from services.intake.wiring import MIGRATIONS, build, rejudge
from shared.infra import command


async def _rejudge(settings: IntakeSettings) -> None:
    order = _order(sys.argv[2:])
    changes = await rejudge(settings, order)
    verb = "would judge" if order.dry_run else "judged"
    lines = [*(it.line for it in changes), f"{verb} {len(changes)} reports again"]
    print("\n".join(lines))  # noqa: T201 - for the operator


def _order(arguments: list[str]) -> Order:
    parser = argparse.ArgumentParser("python -m services.intake rejudge")
    parser.add_argument("--form", required=True)
    parser.add_argument("--period", required=True)
    parser.add_argument("--document", required=True, help="what orders it")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--unit", help="one unit; without it and without an area all")
    whose.add_argument("--area", help="a province or district and all units below it")
    parser.add_argument("--dry-run", action="store_true")
    return Order(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    command.main(IntakeSettings, build, MIGRATIONS, {"rejudge": _rejudge})
