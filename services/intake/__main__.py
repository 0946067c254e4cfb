"""``python -m services.intake serve|migrate``; the only place that reads settings."""

import gc
import sys

from pydantic import ValidationError

from services.intake.settings import IntakeSettings
from services.intake.wiring import MIGRATIONS, build
from shared.infra import logs, migrate, run
from shared.infra.errors import Misconfigured


def _settings() -> IntakeSettings:
    try:
        return IntakeSettings()
    except ValidationError as problem:
        raise Misconfigured(str(problem)) from problem


async def _serve() -> None:
    settings = _settings()
    logs.configure(as_json=settings.log_json)
    intake = build(settings)
    gc.freeze()  # the facts stay for good: looking through them at each collection costs a third
    gc.set_threshold(50_000, 20, 50)  # a batch makes as many objects, and they die together
    await intake.open()
    try:
        await run.serve(intake.app, settings.http_host, settings.http_port, intake.tasks())
    finally:
        await intake.close()


async def _migrate() -> None:
    settings = _settings()
    url, schema = settings.database.get_secret_value(), settings.database_schema
    for name in await migrate.migrate(url, schema, MIGRATIONS):
        print(f"applied {name}")  # noqa: T201 - for the operator


if __name__ == "__main__":
    run.main(_migrate if sys.argv[1:] == ["migrate"] else _serve)
