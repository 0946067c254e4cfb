"""Every service wired as its ``__main__`` does; nothing is connected."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias, TypeVar, get_type_hints

from services.aggregator import app as aggregator
from services.intake import app as intake
from services.notifier import app as notifier
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.subscription import Subscription
from shared.infra.settings import ServiceSettings
from shared.reference.reference_data import ReferenceData
from tools.generate.flow import AGGREGATOR, INTAKE, NOTIFIER

S = TypeVar("S", bound=ServiceSettings)
Subscriptions: TypeAlias = Mapping[str, Sequence[Subscription[Any]]]
"""Those of each service."""

Service: TypeAlias = intake.Intake | aggregator.Aggregator | notifier.Notifier


@cache
def built_services() -> Mapping[str, Service]:
    """Build each service by its name."""
    return build_services()


def build_services(reference: ReferenceData | None = None) -> Mapping[str, Service]:
    """Build each service by its name, with *reference* data in force."""
    return {
        INTAKE: intake.build(_settings(intake.build), reference=reference),
        AGGREGATOR: aggregator.build(_settings(aggregator.build), reference=reference),
        NOTIFIER: notifier.build(_settings(notifier.build), reference=reference),
    }


def subscriptions() -> Subscriptions:
    """Return what each service subscribes to, as it is wired."""
    return {name: subscriptions_of(parts) for name, parts in built_services().items()}


def subscriptions_of(parts: Service) -> Sequence[Subscription[Any]]:
    """Return what one service subscribes to, the directory last."""
    return [
        it.subscription
        for it in (*vars(parts).values(), parts.follower.reader)
        if isinstance(it, ConsumerSupervisor)
    ]


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
