"""One server of each kind at a time: every test of a module runs on it, then comes the next."""

from collections.abc import Iterator, Sequence

import pytest

from tools.stack.choice import Provider, S, available_kafka_providers, available_postgres_providers
from tools.stack.scratch import scratch_folder
from tools.stack.servers import KafkaServer, PostgresServer

KAFKA = ("QCDC_KAFKA", "Testcontainers", "JVM", "noida-db")
POSTGRES = ("QCDC_PG_URL", "Testcontainers", "system", "wheel")


@pytest.fixture(scope="module", params=KAFKA)
def kafka(request: pytest.FixtureRequest) -> Iterator[KafkaServer]:
    """Provide a running broker from each provider in turn."""
    yield from _running(available_kafka_providers(), request.param)


@pytest.fixture(scope="module", params=POSTGRES)
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """Provide a running server from each provider in turn."""
    yield from _running(available_postgres_providers(), request.param)


def _running(providers: Sequence[Provider[S]], name: str) -> Iterator[S]:
    provider = next(it for it in providers if it.name == name)
    if isinstance(provider.make, str):
        pytest.skip(f"{name}: {provider.make}")
    with scratch_folder() as folder:
        server = provider.make(folder)
        try:
            server.start()
            yield server
        finally:
            server.close()
