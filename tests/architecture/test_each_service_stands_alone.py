"""A service needs ``shared`` and itself; its siblings may be absent from the disk."""

import subprocess
import sys
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(it.parent.name for it in ROOT.glob("services/*/__init__.py"))
IMPORT_ALL = """
import importlib, pkgutil, services.{name} as it
for module in pkgutil.walk_packages(it.__path__, it.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def test_there_are_three_services() -> None:
    """A test over a list must not pass because the list is empty."""
    assert SERVICES == ["aggregator", "intake", "notifier"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_module_imports_without_the_siblings(name: str, tmp_path: Path) -> None:
    """Copy what the image copies and nothing more."""
    for part in ("shared", f"services/{name}"):
        copytree(ROOT / part, tmp_path / part, ignore=ignore_patterns("__pycache__"))
    copy(ROOT / "services/__init__.py", tmp_path / "services")

    run = subprocess.run(
        [sys.executable, "-P", "-c", IMPORT_ALL.format(name=name)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
