"""A server in a container of its own, through Testcontainers."""

from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from tools.stack.errors import ServerDied
from tools.stack.ports import HOST

PING_SECONDS_MAX = 5
STOP_SECONDS_MAX = 20
LOG_TAIL_LINES = 20


def engine_version() -> str | None:
    """Return the version of the Docker engine, or none if no engine answers."""
    try:
        version = DockerClient(timeout=PING_SECONDS_MAX).client.version()
    except DockerException:
        return None
    return str(version["Version"])


class Contained:
    """A container that keeps its port and its data when stopped, and is removed when closed."""

    def __init__(self, container: DockerContainer, *, port_inside: int, port: int) -> None:
        self._container = container
        self._created = False
        # The engine also takes an address; the default would publish the port to the network.
        container.ports[str(port_inside)] = (HOST, port)  # type: ignore[assignment]

    def start(self) -> None:
        """Create the container, or start it again."""
        if self._created:
            self._container.get_wrapped_container().start()
        else:
            self._created = True  # also when waiting fails: it is then there to be removed
            self._container.start()

    def stop(self) -> None:
        """Let the server end by itself, within a bound."""
        self._container.get_wrapped_container().stop(timeout=STOP_SECONDS_MAX)

    def kill(self) -> None:
        """SIGKILL to the server, and with it to every process of the container."""
        self._container.get_wrapped_container().kill()

    def raise_if_dead(self) -> None:
        """
        Tell a dead server from a slow one.

        Raises:
            ServerDied: with the end of its log.
        """
        container = self._container.get_wrapped_container()
        container.reload()
        if container.status != "running":
            log = container.logs(tail=LOG_TAIL_LINES).decode(errors="replace")
            raise ServerDied(f"the container of {self._container.image} ended:\n{log}")

    def close(self) -> None:
        """Remove the container and its volumes."""
        if self._created:
            self._container.stop()
            self._created = False
