"""A database that cannot write is an outage: it is waited for, and nothing calls it a bug."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.builders.intake_service import document
from tests.builders.service_process import process_of
from tests.eventually import eventually
from tools.deployment.deployment import Deployment, Plan
from tools.stack.stack import Stack

READ_ONLY = (
    "ALTER DATABASE {name} SET default_transaction_read_only = on",
    "ALTER DATABASE {name} RESET default_transaction_read_only",
)
"""What a connection to a standby meets: 25006."""

DISK_FULL = (
    """CREATE FUNCTION qcdc.refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON qcdc.journal EXECUTE FUNCTION qcdc.refuse();
    CREATE TRIGGER refuse BEFORE INSERT ON qcdc.outbox EXECUTE FUNCTION qcdc.refuse();
    CREATE TRIGGER refuse BEFORE UPDATE ON qcdc.position EXECUTE FUNCTION qcdc.refuse()""",
    "DROP FUNCTION qcdc.refuse CASCADE",
)
"""The same class as a full disk raises, at the same statements."""


@pytest.fixture(scope="module")
def deployment(stack: Stack, ninh_binh_whole: Path) -> Iterator[Deployment]:
    """Provide topics, tables and a directory."""
    with Deployment.prepare(stack, Plan(directory_files=[ninh_binh_whole])) as made:
        yield made


@asynccontextmanager
async def broken(url: str, cause: tuple[str, str]) -> AsyncIterator[None]:
    """Break the database as *cause* says, also for connections that are open."""
    name = url.rpartition("/")[2].partition("?")[0]

    async def execute(sql: str) -> None:
        connection = await asyncpg.connect(
            url, server_settings={"default_transaction_read_only": "off"}
        )
        await connection.execute(sql.replace("{name}", name))
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()

    await execute(cause[0])
    try:
        yield
    finally:
        await execute(cause[1])


@pytest.mark.parametrize(
    ("unit", "cause"), [(3, READ_ONLY), (4, DISK_FULL)], ids=["standby", "disk-full"]
)
async def test_it_is_503_and_everything_goes_on_afterwards(
    unit: int, cause: tuple[str, str], deployment: Deployment, tmp_path: Path
) -> None:
    """The sender is asked to try again; the process neither ends nor fills its log."""
    log, headers = tmp_path / "log", {"X-API-Key": deployment.keys["demo"]}
    sent = document(unit, 5)
    with process_of(deployment, "intake", log) as intake:
        intake.wait_ready()
        async with httpx.AsyncClient(base_url=intake.url, headers=headers) as http:

            async def complains() -> bool:
                complaints = (await http.get("/health")).json()["complaints"].values()
                return "database_refuses_writes" in {it["condition"] for it in complaints}

            async def posts(status: int) -> httpx.Response | None:
                answer = await http.post("/v1/submissions", json=sent)
                return answer if answer.status_code == status else None

            async with broken(deployment.databases["intake"], cause):
                refused = [await http.post("/v1/submissions", json=sent) for _ in range(20)]
                await eventually(complains, seconds=30)
                ready = await http.get("/health/ready")
            accepted = await eventually(lambda: posts(201), seconds=30)
            intake.wait_ready()

    assert {it.status_code for it in refused} == {503}
    assert {it.headers["retry-after"] for it in refused} == {"5"}
    assert {it.json()["type"] for it in refused} == {"urn:qcdc:problem:database_unavailable"}
    assert ready.status_code == 200
    assert accepted is not None
    assert "Traceback" not in log.read_text(encoding="utf-8")
