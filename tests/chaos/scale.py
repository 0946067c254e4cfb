"""How much is killed, and in how large a country."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StormSize:
    """How many faults there are in each lane of a storm, and the seconds before each."""

    processes: int
    servers: int
    records: int
    mail: int
    pause: tuple[float, float]
    provinces: int
    """How many committees wait for reports meanwhile."""
    due_seconds: tuple[float, float]
    remakes: int = 1
    """How often the log of reports is lost."""

    @property
    def total(self) -> int:
        """How many faults there are."""
        return self.processes + self.servers + self.records + self.mail + self.remakes


@dataclass(frozen=True)
class Scale:
    """The size of a run."""

    kills: int
    """SIGKILLs of each service."""
    pause: tuple[float, float]
    """Seconds before each of them."""
    server_kills: int
    """SIGKILLs of Kafka and of PostgreSQL."""
    interruptions: int
    """Kills of the notifier in the middle of a conversation with the mail server."""
    provinces: int
    """How many committees wait for reports, each with a due instant of its own."""
    due_seconds: tuple[float, float]
    """When these are, after the beginning of the load."""
    restore_seconds: float
    """Between a backup, its restore and the end."""
    storm: StormSize
    directory_files: Sequence[Path] = ()
    """Units in place of those that ship."""
