"""What differs between the places where the aggregator runs."""

from shared.infra.settings import Settings


class AggregatorSettings(Settings):
    """The common settings are all that it needs."""
