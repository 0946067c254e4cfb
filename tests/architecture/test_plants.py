"""Every planted fault fits the code of today, so that no chaos run finds out minutes later."""

import ast
from pathlib import Path

import pytest

from tests.chaos.planting import Plant, plant
from tests.chaos.plants import PLANTS


@pytest.mark.parametrize("fault", PLANTS.values(), ids=PLANTS)
def test_plant_fits_the_code(fault: Plant, tmp_path: Path) -> None:
    """Each passage is there exactly once, and what stands there instead is Python."""
    code = plant(tmp_path, fault)

    for passage in fault.passages:
        ast.parse((code / passage.file).read_text(encoding="utf-8"))
