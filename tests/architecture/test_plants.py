"""Every planted fault fits the code of today, so that no chaos run finds out minutes later."""

import ast
from pathlib import Path

import pytest

from tests.chaos.planting import Plant, planted
from tests.chaos.plants import PLANTS


@pytest.mark.parametrize("fault", PLANTS.values(), ids=PLANTS)
def test_plant_fits_the_code(fault: Plant) -> None:
    """Each passage is there exactly once, and what stands there instead is Python."""
    for source in planted(fault, Path("killed")).values():
        ast.parse(source)
