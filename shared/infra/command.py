"""``python -m services.<name> serve|migrate``: what every service can be told."""

import gc
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from fastapi import FastAPI
from pydantic import ValidationError

from shared.directory.follower import DirectoryFollower
from shared.infra import logs
from shared.infra import process as run
from shared.infra.errors import Misconfigured
from shared.infra.postgres import migrate
from shared.infra.settings import ServiceSettings
from shared.reference.reference_data import ReferenceData

S = TypeVar("S", bound=ServiceSettings)


class Service(Protocol):
    """A service put together, nothing of it connected yet."""

    @property
    def app(self) -> FastAPI:
        """Its HTTP door."""

    @property
    def register(self) -> DirectoryFollower:
        """The facts that it works by."""

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
    more: Mapping[str, Callable[[S], Coroutine[Any, Any, None]]] | None = None,
) -> None:
    """Do what the first argument says, by default ``serve``; *more* are a service's own verbs."""

    async def serve(settings: S) -> None:
        logs.configure(as_json=settings.log_json)
        service = build(settings)
        _spare_the_collector()
        service.register.on_change(_spare_the_new_facts)
        await service.open()
        try:
            await run.serve(service.app, settings.http_host, settings.http_port, service.tasks())
        finally:
            await service.close()

    async def bring_up_to_date(settings: S) -> None:
        url = settings.database.get_secret_value()
        for name in await migrate.migrate(url, settings.database_schema, migrations):
            print(f"applied {name}")  # noqa: T201 - for the operator

    verbs = {"serve": serve, "migrate": bring_up_to_date, **(more or {})}
    verb = verbs.get("".join(sys.argv[1:2]) or "serve")
    if verb is None:
        sys.exit(f"one of: {', '.join(verbs)}")
    run.main(lambda: verb(_settings(read)))


def _settings(read: Callable[[], S]) -> S:
    try:
        return read()
    except ValidationError as problem:
        raise Misconfigured(str(problem)) from problem


def _spare_the_collector() -> None:
    """
    Let the garbage collector look seldom, and never at the facts, which live as long as we do.

    A batch makes a hundred thousand objects that die together and hold no cycles; looking for
    cycles among them took a quarter to a third of the time of a report (measured).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _spare_the_new_facts(_: ReferenceData) -> None:
    """Collect what the old facts held among themselves, and never look at the new ones."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
