"""Every service wired as its ``__main__`` does; nothing is connected."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias, TypeVar, get_type_hints

from services.aggregator import app as aggregator
from services.intake import app as intake
from services.notifier import app as notifier
from shared.infra.settings import ServiceSettings
from tools.generate.flow import AGGREGATOR, INTAKE, NOTIFIER

S = TypeVar("S", bound=ServiceSettings)
Service: TypeAlias = intake.Intake | aggregator.Aggregator | notifier.Notifier


@cache
def built_services() -> Mapping[str, Service]:
    """Build each service by its name."""
    return {
        INTAKE: intake.build(_settings(intake.build)),
        AGGREGATOR: aggregator.build(_settings(aggregator.build)),
        NOTIFIER: notifier.build(_settings(notifier.build)),
    }


def _settings(build: Callable[[S], object]) -> S:
    """Make the settings that a service is built from; nothing answers where they lead."""
    wanted: type[S] = get_type_hints(build)["settings"]
    nowhere = {
        "kafka": "nowhere:1",
        "database": "postgresql://nowhere/none",
        "http_port": 1,
        "smtp_host": "nowhere",
        "smtp_port": 1,
        "smtp_sender": "ban-chi-dao@qcdc.example.vn",
    }
    return wanted.model_validate({k: v for k, v in nowhere.items() if k in wanted.model_fields})
