"""``python -m services.aggregator serve|migrate|rebuild``; the only place that reads settings."""

import sys

from pydantic import ValidationError

from services.aggregator.rebuild import rebuild
from services.aggregator.settings import Settings
from services.aggregator.wiring import MIGRATIONS, build
from shared.infra import logs, migrate, run
from shared.infra.errors import Misconfigured


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as problem:
        raise Misconfigured(str(problem)) from problem


async def _serve() -> None:
    settings = _settings()
    logs.configure(as_json=settings.log_json)
    aggregator = build(settings)
    await aggregator.database.open()
    try:
        await run.serve(aggregator.app, settings.http_host, settings.http_port, aggregator.tasks())
    finally:
        await aggregator.database.close()


async def _migrate() -> None:
    settings = _settings()
    url, schema = settings.database.get_secret_value(), settings.database_schema
    for name in await migrate.migrate(url, schema, MIGRATIONS):
        print(f"applied {name}")  # noqa: T201 - for the operator


async def _rebuild() -> None:
    outcome = await rebuild(_settings(), verify="--verify" in sys.argv)
    print("\n".join((outcome.summary, *outcome.examples)))  # noqa: T201 - for the operator
    sys.exit(outcome.exit_code)


COMMANDS = {"serve": _serve, "migrate": _migrate, "rebuild": _rebuild}

if __name__ == "__main__":
    command = COMMANDS.get(sys.argv[1] if sys.argv[1:] else "serve")
    run.main(command) if command else sys.exit(str(__doc__))
