"""``python -m services.aggregator serve|migrate``; the only place that reads settings."""

from services.aggregator.app import build
from services.aggregator.settings import AggregatorSettings
from services.aggregator.store.schema import MIGRATIONS
from shared.infra import command

if __name__ == "__main__":
    command.main(AggregatorSettings, build, MIGRATIONS)
