"""
One throw-away Compose project: built, started, hurt, and taken away with its volumes.

CheckFailed
└── NoEngine
"""

import os
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.qcdc.settings import SERVICES
from tools.stack.ports import free_ports

REPOSITORY = Path(__file__).parents[2]
BUILD_SECONDS_MAX = 1800
UP_SECONDS_MAX = 600
COMMAND_SECONDS_MAX = 120
TAIL_LINES = 40
PUBLISHED = (*SERVICES, "kafka")
JOBS = ("topics", "migrate", "directory")

# `docker compose kill` counts as an operator's stop, after which "unless-stopped" does nothing.
# Process 1 is tini, which nothing inside can kill; so everything else is, and tini ends with it.
KILL_EVERYTHING = "import os, signal; os.kill(-1, signal.SIGKILL)"


class CheckFailed(Exception):
    """The deployment did not do what it should."""


class NoEngine(CheckFailed):
    """There is no Docker engine with Compose here."""


@dataclass(frozen=True)
class Project:
    """The deployment under a name that nobody else has."""

    name: str
    ports: Mapping[str, int]
    environment: Mapping[str, str]

    @classmethod
    def new(cls, environ: Mapping[str, str]) -> "Project":
        """Choose name, ports and password; what a developer has set for theirs has no effect."""
        ports = dict(zip(PUBLISHED, free_ports(len(PUBLISHED)), strict=True))
        own = {f"QCDC_{name.upper()}_PORT": str(port) for name, port in ports.items()}
        own["QCDC_DATABASE_PASSWORD"] = secrets.token_hex(16)
        others = {
            name: value
            for name, value in environ.items()
            if not name.startswith(("QCDC_", "COMPOSE_"))
        }
        return cls(f"qcdc-check-{secrets.token_hex(4)}", ports, others | own)

    def versions(self) -> tuple[str, str]:
        """
        Return the versions of the engine and of Compose.

        Raises:
            NoEngine: says why.

        """
        try:
            engine = self._run(["docker", "version", "--format", "{{.Server.Version}}"])
            compose = self._run(["docker", "compose", "version", "--short"])
        except FileNotFoundError:
            raise NoEngine("no Docker engine here: there is no command `docker`") from None
        except CheckFailed as problem:
            reason = str(problem).splitlines()[-1]
            raise NoEngine(f"no Docker engine with Compose answers: {reason}") from None
        return engine, compose

    def build(self) -> None:
        """Build the images one after another: the classic builder shares layers only so."""
        one_at_a_time = {"COMPOSE_PARALLEL_LIMIT": "1"}
        self._run(self._compose("build"), seconds=BUILD_SECONDS_MAX, more=one_at_a_time)

    def up(self) -> None:
        """Start the default profile and return once everything is healthy."""
        limit = ["--wait", "--wait-timeout", str(UP_SECONDS_MAX)]
        self._run(self._compose("up", "--detach", *limit), seconds=UP_SECONDS_MAX + 60)

    def run(self, job: str, *command: str) -> str:
        """Run a job's image with another command and return what it prints."""
        return self._run(self._compose("run", "--rm", "--no-deps", "-T", job, *command))

    def exec(self, service: str, *command: str) -> str:
        """Run a command beside a service and return what it prints."""
        return self._run(self._compose("exec", "-T", service, *command))

    def kill_inside(self, service: str) -> None:
        """SIGKILL every process of a service, as the kernel does when memory runs out."""
        command = self._compose("exec", "-T", service, "python", "-c", KILL_EVERYTHING)
        subprocess.run(
            command,
            env=dict(self.environment),
            capture_output=True,
            check=False,  # it kills itself, or ends in time: both are fine
            timeout=COMMAND_SECONDS_MAX,
        )

    def inspect(self, service: str, template: str) -> str:
        """Ask the engine something about the container of a service."""
        container = self._run(self._compose("ps", "--all", "--quiet", service))
        return self._run(["docker", "inspect", "--format", template, container])

    def logs(self) -> str:
        """Return the last lines of every container, those of our own last: they tell most."""
        tail = self._compose("logs", "--no-color", "--tail", str(TAIL_LINES))
        of_others = self._compose("logs", "--no-color", "--tail", "5", "kafka", "postgres")
        of_ours = [self._run([*tail, it]) for it in (*JOBS, *SERVICES)]
        return "\n".join([self._run(of_others), *of_ours, *map(self._health, SERVICES)])

    def down(self) -> None:
        """Remove containers, network and volumes."""
        self._run(self._compose("down", "--volumes", "--remove-orphans", "--timeout", "20"))

    def _health(self, service: str) -> str:
        template = "{{.State.Health.Status}}{{range .State.Health.Log}}\n{{.Output}}{{end}}"
        try:
            said = self.inspect(service, template).splitlines()
        except CheckFailed:
            return f"{service} has not been started"
        return f"{service} is {said[0]}; its last health check: {said[-1]}"

    def _compose(self, *arguments: str) -> list[str]:
        where = ["--project-directory", str(REPOSITORY), "--env-file", os.devnull]
        return ["docker", "compose", "--project-name", self.name, *where, *arguments]

    def _run(
        self,
        command: Sequence[str],
        *,
        seconds: int = COMMAND_SECONDS_MAX,
        more: Mapping[str, str] | None = None,
    ) -> str:
        environment = {**self.environment, **(more or {})}
        try:
            ended = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            raise CheckFailed(f"{' '.join(command)} took more than {seconds} s") from None
        if ended.returncode:
            said = [it for it in (ended.stdout + ended.stderr).splitlines() if it.strip()]
            tail = "\n".join(said[-TAIL_LINES:])
            raise CheckFailed(f"{' '.join(command)} ended with {ended.returncode}:\n{tail}")
        return ended.stdout.strip()
