"""PostgreSQL in a container."""

from testcontainers.core.container import DockerContainer

from tools.stack.containers import Contained
from tools.stack.ports import HOST, free_ports
from tools.stack.postgres.options import INITDB_OPTIONS, SERVER_OPTIONS, as_arguments
from tools.stack.servers import PostgresServer

IMAGE = "postgres:17.6"
_PORT_INSIDE = 5432


def container_postgres(engine: str) -> PostgresServer:
    """Prepare a server on that Docker engine; it trusts all callers, and only we reach it."""
    (port,) = free_ports(1)
    container = DockerContainer(
        IMAGE,
        env={
            "POSTGRES_HOST_AUTH_METHOD": "trust",
            "POSTGRES_INITDB_ARGS": " ".join(INITDB_OPTIONS),
        },
    )
    container.with_command(["postgres", *as_arguments(*SERVER_OPTIONS)])
    return PostgresServer(
        f"PostgreSQL {IMAGE.rpartition(':')[2]} in Docker (engine {engine})",
        Contained(container, port_inside=_PORT_INSIDE, port=port),
        url=f"postgresql://postgres@{HOST}:{port}/postgres",
    )
