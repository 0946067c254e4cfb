"""The operator's command, as people run it."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]


def qcdc(kafka: str, databases: Mapping[str, str], *words: str) -> str:
    """Run ``qcdc`` and return what it prints; it has to end well."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.qcdc", *words],
        cwd=REPOSITORY,
        env={
            "QCDC_KAFKA": kafka,
            **{f"QCDC_{service.upper()}_DATABASE": url for service, url in databases.items()},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"qcdc {words}: {done.stdout}{done.stderr}"
    return done.stdout
