"""``qcdc republish``: what intake has published of reports, or of receipts, once more."""

import sys

from services.intake.app import republish as republish_reports
from services.intake.app import republish_receipts
from services.intake.domain.republishing import CannotRepublish
from services.intake.settings import IntakeSettings
from services.intake.usecases.republish import RepublishedReports
from services.intake.usecases.republish_receipts import RepublishedReceipts
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


async def receipts(
    settings: OperatorSettings, source: str | None, *, dry_run: bool, quiet: bool
) -> RepublishedReceipts:
    """
    Publish again what every source, or one of them, was answered.

    Raises:
        Misconfigured: also when a source is unknown, or has no topic.

    """
    if not dry_run:
        settings.kafka_or_fail()
    place = settings.of_service("intake", IntakeSettings)
    progress = _silent if quiet else _line
    return await republish_receipts(place, source, dry_run=dry_run, progress=progress)


def _line(done: int, total: int) -> None:
    end = "\n" if done >= total else "\r"
    print(f"{done} of {total}", end=end, file=sys.stderr, flush=True)


def _silent(_done: int, _total: int) -> None:
    return
