"""What differs between the places where intake runs."""

from pydantic import PositiveFloat

from shared.infra.settings import ServiceSettings


class IntakeSettings(ServiceSettings):
    """The common settings, and how often the notifier is told that intake has caught up."""

    watermark_seconds: PositiveFloat = 2.0
