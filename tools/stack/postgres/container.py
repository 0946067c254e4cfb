"""PostgreSQL in a container."""

from testcontainers.community.postgres import PostgresContainer

from tools.stack.containers import Contained
from tools.stack.ports import HOST, free_ports
from tools.stack.postgres.options import INITDB_OPTIONS, SERVER_OPTIONS, as_arguments
from tools.stack.servers import PostgresServer

IMAGE = "postgres:17.6"
_USER = "postgres"


def container_postgres(engine: str) -> PostgresServer:
    """Prepare a server on that Docker engine; it trusts all callers, and only we reach it."""
    (port,) = free_ports(1)
    container = PostgresContainer(IMAGE, username=_USER, dbname=_USER, driver=None)
    container.with_env("POSTGRES_HOST_AUTH_METHOD", "trust")
    container.with_env("POSTGRES_INITDB_ARGS", " ".join(INITDB_OPTIONS))
    container.with_command(["postgres", *as_arguments(*SERVER_OPTIONS)])
    return PostgresServer(
        f"PostgreSQL {IMAGE.rpartition(':')[2]} in Docker (engine {engine})",
        Contained(container, port_inside=container.port, port=port),
        url=f"postgresql://{_USER}@{HOST}:{port}/{_USER}",
    )
