"""What an operator sees who has set something wrong: one line, and an exit code."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CLOSE = ("close", "--unit", "80.2", "--form", "F05", "--period", "cal.2025", "--document", "1-CV")


@pytest.mark.parametrize(
    ("command", "environment", "code", "line"),
    [
        (("topics", "check"), {}, 78, "QCDC_KAFKA is not set"),
        (("topics", "check"), {"QCDC_SOURCES": "demo"}, 78, "QCDC_SOURCES is a JSON list"),
        (("topics", "check"), {"QCDC_REPLICATION": "two"}, 78, "replication"),
        (CLOSE, {}, 78, "QCDC_AGGREGATOR_DATABASE is not set"),
        (CLOSE, {"QCDC_AGGREGATOR_DATABASE": "here"}, 78, "invalid DSN"),
        (CLOSE, {"QCDC_AGGREGATOR_DATABASE": "postgresql://127.0.0.1:1/x"}, 1, "Refused"),
    ],
)
def test_what_is_wrong_is_said_without_a_traceback(
    command: tuple[str, ...], environment: dict[str, str], code: int, line: str
) -> None:
    """The message is all that an operator has."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.qcdc", *command],
        cwd=ROOT,
        env={"PATH": str(Path(sys.executable).parent), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == code
    assert done.stderr.startswith("qcdc: ")
    assert line in done.stderr
    assert "Traceback" not in done.stderr
