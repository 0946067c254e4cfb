"""``python -m services.<name> serve|migrate``: the command line of every service."""

import sys
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from fastapi import FastAPI
from pydantic import ValidationError

from shared.infra import collector, logs
from shared.infra import process as run
from shared.infra.errors import Misconfigured
from shared.infra.health import Health
from shared.infra.postgres import migrate
from shared.infra.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


class Service(Protocol):
    """A service put together, nothing of it connected yet."""

    @property
    def app(self) -> FastAPI:
        """What it answers over HTTP."""

    @property
    def health(self) -> Health:
        """Whether it can answer, and what is wrong."""

    def on_replaced(self, callback: Callable[[object], None]) -> None:
        """Call *callback* whenever data that lives as long as the process was replaced."""

    def tasks(self) -> Sequence[run.Task]:
        """List what runs beside HTTP."""

    async def open(self) -> None:
        """Prepare what it needs; servers may still be down."""

    async def close(self) -> None:
        """Let go of it."""


def main(
    read: Callable[[], S],
    build: Callable[[S], Service],
    migrations: list[migrate.Migration],
) -> None:
    """Do what the first argument says, by default ``serve``."""

    async def serve(settings: S) -> None:
        logs.configure(as_json=settings.log_json)
        service = build(settings)
        collector.tune()
        service.on_replaced(collector.spare)
        await service.open()
        try:
            await run.serve(service.app, service.health, settings, service.tasks())
        finally:
            await service.close()

    async def bring_up_to_date(settings: S) -> None:
        url = settings.database.get_secret_value()
        for name in await migrate.migrate(url, settings.database_schema, migrations):
            print(f"applied {name}")  # noqa: T201 - for the operator

    verbs = {"serve": serve, "migrate": bring_up_to_date}
    verb = verbs.get("".join(sys.argv[1:2]) or "serve")
    if verb is None:
        sys.exit(f"one of: {', '.join(verbs)}")
    run.main(lambda: verb(_settings(read)))


def _settings(read: Callable[[], S]) -> S:
    try:
        return read()
    except ValidationError as problem:
        raise Misconfigured(str(problem)) from problem
