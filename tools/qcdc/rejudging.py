"""``qcdc rejudge``: the lateness of a form and period once more, because a document says so."""

from dataclasses import asdict

from services.intake.app import rejudge as rejudge_intake
from services.intake.settings import IntakeSettings
from services.intake.usecases.rejudge import RejudgedReport, RejudgeOrder
from shared.infra.errors import Misconfigured
from tools.qcdc.settings import OperatorSettings

__all__ = ["RejudgeOrder", "RejudgedReport", "as_json", "rejudge"]


async def rejudge(settings: OperatorSettings, order: RejudgeOrder) -> list[RejudgedReport]:
    """
    Judge again in intake's database; the running service publishes the outcome.

    Raises:
        Misconfigured: when the order is about nothing known, or about a unit and an area at once.

    """
    if order.unit and order.area:
        raise Misconfigured("either --unit or --area, not both")
    if not order.dry_run:
        settings.kafka_or_fail()
    place = settings.of_service("intake", IntakeSettings)
    return await rejudge_intake(place, order)


def as_json(order: RejudgeOrder, changes: list[RejudgedReport]) -> dict[str, object]:
    """Lay the outcome out for programs."""
    return {**asdict(order), "changes": [asdict(it) for it in changes]}
