"""
``python -m services.<name> serve|migrate``: the command line of every service.

``serve --stay`` does not end when its configuration is wrong (see ``process.main``).
"""

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

_STAY = "--stay"
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
    name, *options = sys.argv[1:] or ["serve"]
    verb = verbs.get(name)
    if verb is None or options not in ([], [_STAY]):
        sys.exit(f"one of: {', '.join(verbs)}; with {_STAY} it waits when it cannot start")
    run.main(lambda: verb(_settings(read)), stay=bool(options))


def _settings(read: Callable[[], S]) -> S:
    try:
        return read()
    except ValidationError as problem:
        wrong = (f"{_variable(it['loc'])}: {it['msg']}" for it in problem.errors())
        raise Misconfigured("; ".join(wrong)) from problem


def _variable(location: Sequence[int | str]) -> str:
    """Name the environment variable of a setting; a rule about several has none."""
    return f"QCDC_{location[0]}".upper() if location else "settings"
