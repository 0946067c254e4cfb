"""A small country: today's provinces with a few communes each, for tests that need no more."""

import csv
from collections import Counter
from pathlib import Path

from shared.directory.files import UNITS

COMMUNES_PER_PROVINCE = 12


def small_country(folder: Path, communes: int = COMMUNES_PER_PROVINCE) -> Path:
    """
    Write a file of units to *folder*: every province in force and its first *communes*.

    A service loads it at once; the 14,149 units of the country take a second of processor time.
    """
    with UNITS.open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if not row["valid_to"]]
    taken = Counter[str]()
    kept = [row for row in rows if row["level"] == "province"]
    for row in rows:
        if row["level"] == "commune" and taken[row["parent"]] < communes:
            taken[row["parent"]] += 1
            kept.append(row)
    file = folder / "units.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
    return file
