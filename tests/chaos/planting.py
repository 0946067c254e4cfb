"""
Plant a fault: a copy of the code with one passage changed, for one service to run on.

A planted fault shows only if the process dies at the right place, so a plant may name a kill
point: the first time that its condition holds there, the process ends as under SIGKILL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns

from tools.deployment.deployment import REPOSITORY


@dataclass(frozen=True)
class Passage:
    """One passage of one file, and what stands there instead."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class KillPoint:
    """A statement of one file after which the process dies, once, when *condition* holds."""

    file: str
    statement: str
    condition: str = "True"

    def passage(self, marker: Path) -> Passage:
        """Return the statement with the death behind it; *marker* remembers that it happened."""
        indent = self.statement[: len(self.statement) - len(self.statement.lstrip())]
        path = f"__import__('pathlib').Path({str(marker)!r})"
        death = (
            f"{indent}if ({self.condition}) and not {path}.exists():\n"
            f"{indent}    {path}.touch()\n"
            f"{indent}    __import__('os').kill(__import__('os').getpid(), 9)\n"
        )
        return Passage(self.file, self.statement, f"{self.statement}{death}")


@dataclass(frozen=True)
class Plant:
    """A fault: passages that stand otherwise, and where the process dies once."""

    passages: Sequence[Passage] = ()
    kill_at: KillPoint | None = None


def planted(fault: Plant, marker: Path) -> Mapping[str, str]:
    """
    Return the files in which *fault* is, by path; *marker* remembers its death.

    Raises:
        AssertionError: when a passage is not there exactly once, so that a plant cannot rot.

    """
    files: dict[str, str] = {}
    dying = [fault.kill_at.passage(marker)] if fault.kill_at else []
    for it in (*fault.passages, *dying):
        source = files.get(it.file) or (REPOSITORY / it.file).read_text(encoding="utf-8")
        times = source.count(it.before)
        assert times == 1, f"{it.file} holds the passage {times} times"
        files[it.file] = source.replace(it.before, it.after)
    return files


def plant(folder: Path, fault: Plant) -> Path:
    """Copy the code to *folder* with *fault* in it, and return the folder."""
    for part in ("shared", "services"):
        copytree(REPOSITORY / part, folder / part, ignore=ignore_patterns("__pycache__"))
    for file, source in planted(fault, folder / "killed").items():
        (folder / file).write_text(source, encoding="utf-8")
    return folder
