"""What an image holds is enough: ``shared`` and one service, or all of them and ``qcdc``."""

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


IMPORT_OPERATOR = """
import sys
sys.modules.update(dict.fromkeys(("aiosmtplib", "jinja2")))  # of the notifier's image alone
import tools.qcdc.main
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

    run = run_in(tmp_path, IMPORT_ALL.format(name=name))

    assert run.returncode == 0, run.stderr


def test_the_operators_command_imports_with_what_its_image_holds(tmp_path: Path) -> None:
    """Copy what the image copies, and leave out the packages that it does not install."""
    for part in ("shared", "services", "tools/qcdc"):
        copytree(ROOT / part, tmp_path / part, ignore=ignore_patterns("__pycache__"))
    copy(ROOT / "tools/__init__.py", tmp_path / "tools")

    run = run_in(tmp_path, IMPORT_OPERATOR)

    assert run.returncode == 0, run.stderr


def run_in(folder: Path, code: str) -> "subprocess.CompletedProcess[str]":
    """Run *code* with *folder* as the only place of ours to import from."""
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
