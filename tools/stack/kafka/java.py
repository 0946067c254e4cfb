"""The Java that Kafka runs on."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_OLDEST = 17  # what Kafka 4 brokers ask for


@dataclass(frozen=True)
class Java:
    """One installed JVM."""

    program: Path
    product: str
    version: str


def find_java(java_home: str | None) -> Java | str:
    """Return the JVM of *java_home*, else of the path, or say why there is none."""
    program = shutil.which("java", path=f"{java_home}/bin" if java_home else None)
    if program is None:
        return "Java is not installed"
    answer = subprocess.run(
        [program, "-version"], capture_output=True, text=True, check=False
    ).stderr
    found = re.search(r'^(\w+) version "((\d+)[^"]*)"', answer, flags=re.MULTILINE)
    if found is None:
        return f"{program} is no working Java"
    if int(found[3]) < _OLDEST:
        return f"Java is {found[2]}, Kafka needs {_OLDEST} or newer"
    return Java(Path(program), "OpenJDK" if found[1] == "openjdk" else "Java", found[2])
