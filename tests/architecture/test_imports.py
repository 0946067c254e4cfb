"""The arrows between packages are those that pyproject.toml allows, and the guard can fail."""

import subprocess
import sys
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[2]


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [str(program), "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_hold() -> None:
    """Services never import each other; domain code imports no I/O."""
    run = _lint(ROOT)

    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("services/intake/domain/planted.py", "import asyncpg"),
        ("services/notifier/domain/planted.py", "import time"),
        ("services/aggregator/planted.py", "import services.intake"),
        ("services/intake/store/planted.py", "import services.intake.usecases.receive"),
        ("services/intake/entry/planted.py", "import services.intake.store.keys"),
        ("services/aggregator/domain/planted.py", "import services.aggregator.store.swap"),
        ("services/aggregator/store/planted.py", "import services.aggregator.usecases.sign"),
        ("services/aggregator/usecases/planted.py", "import services.aggregator.entry.api"),
        ("services/aggregator/entry/planted.py", "import services.aggregator.store.postgres"),
        ("services/notifier/store/planted.py", "import services.notifier.usecases.scan"),
        ("services/notifier/entry/planted.py", "import services.notifier.store.duties"),
        ("shared/infra/planted.py", "import services.notifier"),
        ("shared/infra/planted.py", "import shared.directory.store"),
        ("shared/reference/planted.py", "import shared.infra.logs"),
    ],
)
def test_a_planted_import_is_caught(file: str, line: str, tmp_path: Path) -> None:
    """A guard that guards nothing is worse than none."""
    for part in ("shared", "services", "tools"):
        copytree(ROOT / part, tmp_path / part, ignore=ignore_patterns("__pycache__"))
    copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / file).write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")

    run = _lint(tmp_path)

    assert run.returncode == 1, run.stdout
