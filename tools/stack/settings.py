"""What the environment says about the local stack."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tools.stack.errors import StackError

Force = Literal["docker", "local"]
REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class StackSettings:
    """Everything may stay unsaid: then the best of what this machine has is used."""

    kafka: str | None = None
    """QCDC_KAFKA: bootstrap servers of a broker that already runs."""
    postgres: str | None = None
    """QCDC_PG_URL: a superuser's address of a server that already runs."""
    force: Force | None = None
    """QCDC_STACK: ``docker`` for Testcontainers only, ``local`` for anything but Docker."""
    scratch: Path | None = None
    """QCDC_SCRATCH: the folder for data and logs; a temporary one if unset."""
    keep: bool = False
    """QCDC_KEEP=1: leave data and logs behind."""
    cache: Path = REPOSITORY / ".cache"
    """QCDC_CACHE: where Kafka's jars stay between runs."""
    java_home: str | None = None
    """JAVA_HOME: which Java to use; the path's if unset."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "StackSettings":
        """Read the variables; an empty one counts as unset, as it does in a shell script."""
        scratch = environ.get("QCDC_SCRATCH")
        return cls(
            kafka=environ.get("QCDC_KAFKA") or None,
            postgres=environ.get("QCDC_PG_URL") or None,
            force=_force(environ.get("QCDC_STACK")),
            scratch=Path(scratch).absolute() if scratch else None,
            keep=environ.get("QCDC_KEEP") == "1",
            cache=Path(environ.get("QCDC_CACHE") or REPOSITORY / ".cache").absolute(),
            java_home=environ.get("JAVA_HOME") or None,
        )


def read_environment() -> StackSettings:
    """Read the settings of this process: the tests have no ``__main__`` to do it."""
    return StackSettings.from_environ(os.environ)


def _force(text: str | None) -> Force | None:
    if not text:
        return None
    if text == "docker":
        return "docker"
    if text == "local":
        return "local"
    raise StackError(f"QCDC_STACK is {text!r}: it can be docker or local")
