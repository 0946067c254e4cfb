"""A small country: today's provinces with a few communes each, for tests that need no more."""

import csv
from collections import Counter
from collections.abc import Collection
from datetime import date
from pathlib import Path

from shared.directory.files import UNITS
from shared.reference.levels import TYPES
from shared.reference.units import Unit

COMMUNES_PER_PROVINCE = 12


def small_country(
    folder: Path, communes: int = COMMUNES_PER_PROVINCE, whole: Collection[str] = ()
) -> Path:
    """
    Write a file of units to *folder*: every province in force and its first *communes*.

    Of the provinces whose keys are in *whole* go all communes.

    A service loads it at once; the 14,170 units of the country take a second of processor time.
    """
    with UNITS.open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if not row["valid_to"]]
    taken = Counter[str]()
    kept = [row for row in rows if row["level"] == "province"]
    for row in rows:
        if row["level"] == "commune" and (
            row["parent"] in whole or taken[row["parent"]] < communes
        ):
            taken[row["parent"]] += 1
            kept.append(row)
    file = folder / "units.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
    return file


def added_units(province: str) -> list[Unit]:
    """Return a unit of each type that is no area, directly below a province of today."""
    return [
        Unit(
            key=f"{unit_type.upper()}-{province}",
            official_code=f"{unit_type}-{province}",
            level=level,
            type=unit_type,
            name=f"Đơn vị {unit_type}",
            parent=province,
            valid_from=date(2025, 7, 1),
            valid_to=None,
        )
        for level, types in TYPES.items()
        if level not in {"province", "district", "commune"}
        for unit_type in sorted(types)
    ]
