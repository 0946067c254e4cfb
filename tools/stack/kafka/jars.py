"""Apache Kafka's jars: resolved by Maven once, then taken from the cache."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.stack.errors import StackError

_POM = Path(__file__).with_name("pom.xml")


def kafka_version() -> str:
    """Return the version that the pom asks for."""
    found = re.search(r"<kafka\.version>(.+)</kafka\.version>", _POM.read_text(encoding="utf-8"))
    if found is None:
        raise StackError(f"{_POM} names no kafka.version")
    return found[1]


def jars_folder(cache: Path) -> Path:
    """Return where the jars are, or will be."""
    return _home(cache) / "libs"


def resolve_jars(cache: Path) -> None:
    """
    Fetch the jars, unless they have been fetched before.

    They are fetched beside their place and moved there at once: an interrupted download is never
    mistaken for a complete one, and two first runs at the same time do not disturb each other.
    """
    if jars_folder(cache).is_dir():
        return
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kafka-", dir=cache) as unfinished:
        fetched = Path(unfinished) / "kafka"
        _fetch(fetched / "libs")
        try:
            fetched.rename(_home(cache))
        except OSError:
            if not jars_folder(cache).is_dir():  # else another run was faster, with the same jars
                raise


def _home(cache: Path) -> Path:
    return cache / f"kafka-{kafka_version()}"


def _fetch(libs: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise StackError("Maven is not installed")
    goal = ("dependency:copy-dependencies", f"-DoutputDirectory={libs}")
    done = subprocess.run(
        [maven, "-q", "-B", "-f", _POM, *goal], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise StackError(f"Maven could not fetch Kafka:\n{done.stdout}{done.stderr}")
