"""Plant a fault: a copy of the code with one passage changed, for one service to run on."""

from pathlib import Path
from shutil import copytree, ignore_patterns

from tools.line.line import REPOSITORY


def plant(folder: Path, file: str, before: str, after: str) -> Path:
    """
    Copy the code to *folder* with *before* replaced by *after* in *file*.

    Raises:
        AssertionError: when the passage is not there exactly once, so that a plant cannot rot.

    """
    for part in ("shared", "services"):
        copytree(REPOSITORY / part, folder / part, ignore=ignore_patterns("__pycache__"))
    target = folder / file
    source = target.read_text(encoding="utf-8")
    assert source.count(before) == 1, f"{file} holds the passage {source.count(before)} times"
    target.write_text(source.replace(before, after), encoding="utf-8")
    return folder
