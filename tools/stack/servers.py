"""What the demo and the tests see of a server, whichever way we came by it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

from tools.stack.kafka.readiness import ask_for_metadata
from tools.stack.postgres.databases import NOT_YET, address_of, ask_for_answer, create_database
from tools.stack.waiting import wait_until


class Runner(Protocol):
    """What a server runs in: a process, a container, or the hands of somebody else."""

    def start(self) -> None:
        """Start it, for the first time or again, on the same data."""

    def stop(self) -> None:
        """Ask it to end; after a bound, insist."""

    def kill(self) -> None:
        """SIGKILL."""

    def close(self) -> None:
        """End it for good: nothing of it will be needed again."""

    def raise_if_dead(self) -> None:
        """Raise ``ServerDied``, with the end of its log, if waiting for it is pointless."""


@dataclass(frozen=True)
class Server(ABC):
    """A server that keeps its address, and its data if *durable*, until it is closed."""

    name: str
    """Product, version and where it runs, for people."""
    runner: Runner
    durable: bool = True
    """Whether what was acknowledged is still there after a kill and a restart."""
    restartable: bool = True
    """Whether it is ours to stop; ``stop``, ``kill`` and ``restart`` raise ``NotOurs`` if not."""
    errors: ClassVar[tuple[type[Exception], ...]] = (OSError,)
    """What asking too early raises."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it listens, without secrets."""

    @abstractmethod
    def ask(self) -> None:
        """Make sure that it answers a real request."""

    def start(self) -> None:
        """Start it, and return once it answers."""
        self.runner.start()
        wait_until(
            self.ask,
            what=f"{self.name} does not answer",
            errors=self.errors,
            still_alive=self.runner.raise_if_dead,
        )

    def stop(self) -> None:
        """Let it write everything down, and return once it has ended."""
        self.runner.stop()

    def kill(self) -> None:
        """SIGKILL: nothing is flushed and no client is told; ``start`` brings it back."""
        self.runner.kill()

    def restart(self) -> None:
        """Stop and start, on the same port and the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End it for good; one that was given is only let go of."""
        self.runner.close()


@dataclass(frozen=True, kw_only=True)
class KafkaServer(Server):
    """One Kafka broker."""

    bootstrap: str

    @property
    def address(self) -> str:
        """Where it listens."""
        return self.bootstrap

    def ask(self) -> None:
        """Make sure that the broker is part of its own cluster."""
        ask_for_metadata(self.bootstrap)


@dataclass(frozen=True, kw_only=True)
class PostgresServer(Server):
    """One PostgreSQL server."""

    url: str
    """A superuser's address of the database ``postgres``."""
    errors: ClassVar[tuple[type[Exception], ...]] = NOT_YET

    @property
    def address(self) -> str:
        """Where it listens."""
        return address_of(self.url)

    def ask(self) -> None:
        """Make sure that a query is answered."""
        ask_for_answer(self.url)

    def database(self, name: str) -> str:
        """Return the address of the database *name*, which is created if missing."""
        return create_database(self.url, name)
