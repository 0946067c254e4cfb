"""
Databases, schemas, topics, the directory, keys, and the three services as processes.

The demo, the end-to-end tests and the chaos tests all start it through this file, so what a test
kills is exactly what a person starts.
"""

import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from services.intake.usecases.keys import create_key
from shared.contracts import topics
from shared.directory.files import shipped
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres import migrate
from tools.deployment.clearing import clear_topics
from tools.deployment.service import Service
from tools.qcdc.clock import system_clock
from tools.qcdc.databases import migrations_of
from tools.qcdc.directory import publish_instead
from tools.qcdc.settings import SERVICES
from tools.stack.ports import HOST, free_ports
from tools.stack.stack import Stack
from tools.stack.waiting import blocking

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Plan:
    """What a deployment should look like; everything may stay unsaid."""

    sources: Sequence[str] = ("demo",)
    ports: Mapping[str, int] = field(default_factory=dict)
    """Ports of the services by name; free ones where unset."""
    directory_files: Sequence[Path] = ()
    committee_files: Sequence[Path] = ()
    """Published in place of the units and committees that ship with the code."""
    instances: int = 1
    """How many processes of each service, on one database; the second of intake is intake-2."""
    smtp_port: int = 1
    """Where mail leaves; nothing listens on the default."""
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """More environment by service, for planted faults and short intervals."""
    name: str = field(default_factory=lambda: f"deployment_{uuid.uuid4().hex[:8]}")
    """Prefix of the databases."""


@dataclass(frozen=True)
class Deployment:
    """Databases and topics are ready; the caller starts the services."""

    plan: Plan
    kafka: str
    databases: Mapping[str, str]
    services: Mapping[str, Service]
    """By name; the first process of each service has the service's name."""
    keys: Mapping[str, str]
    """API keys by source."""

    @classmethod
    @contextmanager
    def prepare(cls, stack: Stack, plan: Plan) -> Iterator["Deployment"]:
        """Make everything that services need; leaving the block ends them."""
        databases = {
            it: stack.postgres.database(f"{plan.name}_{it}".replace("-", "_")) for it in SERVICES
        }
        blocking(clear_topics(stack.kafka))
        keys = blocking(_prepare(stack.kafka.bootstrap, databases, plan.sources))
        blocking(_publish(stack.kafka.bootstrap, plan.directory_files, plan.committee_files))
        processes = {
            service if number == 1 else f"{service}-{number}": service
            for number in range(1, plan.instances + 1)
            for service in SERVICES
        }
        ports = dict(zip(processes, free_ports(len(processes)), strict=True)) | dict(plan.ports)
        logs = stack.scratch / plan.name
        logs.mkdir(parents=True, exist_ok=True)
        services = {
            name: Service(
                service,
                port=ports[name],
                log=logs / f"{name}.log",
                environment={
                    **_environment(
                        service, stack.kafka.bootstrap, databases[service], ports[name], plan
                    ),
                    "QCDC_INSTANCE": name,
                },
            )
            for name, service in processes.items()
        }
        with ExitStack() as undo:
            for service in reversed(services.values()):
                undo.callback(service.close)
            yield cls(plan, stack.kafka.bootstrap, databases, services, keys)

    def operator_environment(self) -> dict[str, str]:
        """Return the environment in which ``qcdc`` works on this deployment."""
        databases = {f"QCDC_{it.upper()}_DATABASE": url for it, url in self.databases.items()}
        return {"PATH": str(Path(sys.executable).parent), "QCDC_KAFKA": self.kafka, **databases}

    def publish_committees(self, *files: Path) -> None:
        """Let these committees be in force in place of the plan's."""
        blocking(_publish(self.kafka, self.plan.directory_files, files))

    def start(self) -> None:
        """Start every process; ``wait_ready`` of each says when they are of use."""
        for service in self.services.values():
            service.start()

    def wait_ready(self) -> None:
        """Return once every process says that it is ready."""
        for service in self.services.values():
            service.wait_ready()

    def url(self, service: str) -> str:
        """Return the address of a service's HTTP interface."""
        return self.services[service].url


async def _prepare(
    bootstrap: str, databases: Mapping[str, str], sources: Sequence[str]
) -> dict[str, str]:
    await create_missing_topics(bootstrap, topics.specs(sources))
    for service, url in databases.items():
        await migrate.migrate(url, "qcdc", migrations_of(service))
    connection = await asyncpg.connect(databases["intake"], server_settings={"search_path": "qcdc"})
    try:
        return {source: await create_key(connection, source) for source in sources}
    finally:
        await connection.close()


async def _publish(
    bootstrap: str, directory_files: Sequence[Path], committee_files: Sequence[Path]
) -> None:
    contents = shipped(directory_files, committee_files)
    await publish_instead(bootstrap, contents, "tools/deployment", system_clock())


def _environment(service: str, kafka: str, database: str, port: int, plan: Plan) -> dict[str, str]:
    environment = {
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        "PATH": str(Path(sys.executable).parent),
        "QCDC_KAFKA": kafka,
        "QCDC_DATABASE": database,
        "QCDC_HTTP_HOST": HOST,
        "QCDC_HTTP_PORT": str(port),
    }
    if service == "notifier":
        environment |= {
            "QCDC_SMTP_HOST": HOST,
            "QCDC_SMTP_PORT": str(plan.smtp_port),
            "QCDC_SMTP_SENDER": "ban-chi-dao@qcdc.example.vn",
        }
    return environment | dict(plan.extra.get(service, {}))
