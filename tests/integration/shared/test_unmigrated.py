"""A database without its tables: the operator hears which command makes them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("command", [("keys", "revoke", "00000000"), ("dead-letters", "list")])
def test_an_empty_database_is_no_traceback(command: tuple[str, ...], postgres_url: str) -> None:
    """The first thing that goes wrong on a new host."""
    service = ("intake",) if command[0] == "dead-letters" else ()
    done = subprocess.run(
        [sys.executable, "-m", "tools.qcdc", *command, *service],
        cwd=ROOT,
        env={"PATH": str(Path(sys.executable).parent), "QCDC_INTAKE_DATABASE": postgres_url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 78
    assert done.stderr.startswith("qcdc: ")
    assert done.stderr.rstrip().endswith("qcdc migrate")
