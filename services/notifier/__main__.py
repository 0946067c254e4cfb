"""``python -m services.notifier serve|migrate``; the only place that reads settings."""

from services.notifier.settings import NotifierSettings
from services.notifier.wiring import MIGRATIONS, build
from shared.infra import command

if __name__ == "__main__":
    command.main(NotifierSettings, build, MIGRATIONS)
