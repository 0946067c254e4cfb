"""One service as the process that it is, on the tables of a deployment, in another environment."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tools.deployment.deployment import REPOSITORY, Deployment
from tools.deployment.service import Service
from tools.stack.ports import HOST, free_ports

MAIL = {
    "QCDC_SMTP_HOST": HOST,
    "QCDC_SMTP_PORT": "1",
    "QCDC_SMTP_SENDER": "ban-chi-dao@qcdc.example.vn",
}


def environment_of(kafka: str, database: str, port: int, **more: str) -> dict[str, str]:
    """Return what a service of ours reads from its environment."""
    return {
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        "PATH": str(Path(sys.executable).parent),
        "QCDC_KAFKA": kafka,
        "QCDC_DATABASE": database,
        "QCDC_HTTP_PORT": str(port),
        **more,
    }


@contextmanager
def process_of(
    deployment: Deployment, name: str, log: Path, **environment: str
) -> Iterator[Service]:
    """Start a service of *deployment* with a changed *environment*; kill it at the end."""
    (port,) = free_ports(1)
    usual = environment_of(deployment.kafka, deployment.databases[name], port, **MAIL)
    service = Service(name, port=port, log=log, environment=usual | environment)
    service.start()
    try:
        yield service
    finally:
        service.close()


def run_to_its_end(
    name: str, environment: dict[str, str], *, seconds_max: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a service that ends by itself; both its outputs are in ``stdout``."""
    return subprocess.run(
        [sys.executable, "-P", "-m", f"services.{name}", "serve"],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=seconds_max,
    )


async def answers(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response | None:
    """Ask once; return the answer if it has this status."""
    try:
        answer = await client.get(path)
    except httpx.TransportError:
        return None
    return answer if answer.status_code == status else None
