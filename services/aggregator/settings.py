"""What differs between the places where the aggregator runs."""

from shared.infra import settings


class AggregatorSettings(settings.ServiceSettings):
    """The common settings are all that it needs."""
