"""``qcdc republish``: every revision in intake's journal on ``qcdc.reports.v1`` once more."""

import sys

from services.intake.app import republish as republish_reports
from services.intake.domain.republishing import CannotRepublish
from services.intake.settings import IntakeSettings
from services.intake.usecases.republish import RepublishedReports
from shared.infra.errors import Misconfigured
from tools.qcdc.settings import OperatorSettings


async def republish(
    settings: OperatorSettings, *, dry_run: bool, quiet: bool
) -> RepublishedReports:
    """
    Publish again what the journal holds, with a progress line unless *quiet*.

    Raises:
        Misconfigured: also when an entry names what catalogue or directory do not hold any more.

    """
    if not dry_run:
        settings.kafka_or_fail()
    place = settings.of_service("intake", IntakeSettings)
    try:
        return await republish_reports(place, dry_run=dry_run, progress=_silent if quiet else _line)
    except CannotRepublish as problem:
        raise Misconfigured(str(problem)) from problem


def _line(done: int, total: int) -> None:
    end = "\n" if done >= total else "\r"
    print(f"{done} of {total} revisions", end=end, file=sys.stderr, flush=True)


def _silent(_done: int, _total: int) -> None:
    return
