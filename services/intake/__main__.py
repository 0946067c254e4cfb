"""``python -m services.intake serve|migrate``; the only place that reads settings."""

from services.intake.app import MIGRATIONS, build
from services.intake.settings import IntakeSettings
from shared.infra import command

if __name__ == "__main__":
    command.main(IntakeSettings, build, MIGRATIONS)
