"""What differs between the places where the aggregator runs."""

from shared.infra import settings


class Settings(settings.Settings):
    """The common settings are all that it needs."""
