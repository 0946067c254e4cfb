"""``python -m services.notifier serve|migrate``; the only place that reads settings."""

from services.notifier.app import MIGRATIONS, build
from services.notifier.settings import NotifierSettings
from shared.infra import command

if __name__ == "__main__":
    command.main(NotifierSettings, build, MIGRATIONS)
