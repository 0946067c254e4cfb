"""A database without its tables: the operator hears which command makes them."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from services.intake.app import MIGRATIONS
from shared.infra.postgres.migrate import migrate

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("command", [("keys", "revoke", "00000000"), ("dead-letters", "list")])
def test_an_empty_database_is_no_traceback(command: tuple[str, ...], postgres_url: str) -> None:
    """The first thing that goes wrong on a new host."""
    service = ("intake",) if command[0] == "dead-letters" else ()

    done = _qcdc(postgres_url, *command, *service)

    assert done.returncode == 78
    assert done.stderr.startswith("qcdc: ")
    assert done.stderr.rstrip().endswith("qcdc migrate")


@pytest.mark.parametrize(
    "command",
    [
        ("republish", "--dry-run"),
        ("rejudge", "--form", "F05", "--period", "cal.2025", "--document", "1/QĐ", "--dry-run"),
    ],
)
def test_tables_of_the_release_before_are_refused(
    command: tuple[str, ...], postgres_url: str
) -> None:
    """A command of the new release does not begin on a schema that lacks what it reads."""
    lacking = MIGRATIONS[-1].name
    asyncio.run(migrate(postgres_url, "qcdc", MIGRATIONS[:-1]))

    done = _qcdc(postgres_url, *command)

    assert done.returncode == 78
    assert done.stderr.startswith(f"qcdc: the database lacks {lacking}; run: ")


def _qcdc(database: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.qcdc", *command],
        cwd=ROOT,
        env={"PATH": str(Path(sys.executable).parent), "QCDC_INTAKE_DATABASE": database},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
