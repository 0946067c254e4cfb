"""``python -m services.intake serve|migrate``; the only place that reads settings."""

from services.intake.settings import IntakeSettings
from services.intake.wiring import MIGRATIONS, build
from shared.infra import command

if __name__ == "__main__":
    command.main(IntakeSettings, build, MIGRATIONS)
