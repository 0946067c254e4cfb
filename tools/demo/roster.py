"""Sample units below the articles' areas, and the directory that the demo runs on."""

import csv
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from pathlib import Path

from shared.reference.directory import Directory, Unit
from tools.demo.articles import Article

ENDED = date(2025, 6, 30)
"""The last day of the units of before the reform of 1 July 2025."""


def sample_units(article: Article) -> tuple[Unit, ...]:
    """Return an article's roster; communes lie in the sample districts, where there are any."""
    roster = article.roster
    districts = [
        _unit(f"FX-{article.area}-D{n:02}", "district", "huyen", f"Huyện mẫu {n:02}", article.area)
        for n in range(1, roster.districts + 1)
    ]
    parents = [it.key for it in districts] or [article.area]
    communes = [
        _unit(
            f"FX-{article.area}-{n:04}",
            "commune",
            "xa",
            f"Xã mẫu {n:03}",
            parents[n % len(parents)],
        )
        for n in range(1, roster.communes + 1)
    ]
    return (*districts, *communes)


def demo_units(units: Iterable[Unit], articles: Iterable[Article]) -> list[Unit]:
    """
    Return the real units with the articles' rosters in place of those they stand for.

    Below an article's area go the communes of before the reform, and the districts where the
    roster has its own. All of today's units stay.
    """
    real = list(units)
    directory = Directory(real)
    rosters = [it for it in articles if it.roster.communes]
    replaced = {
        unit.key
        for article in rosters
        for unit in directory.below(article.area)
        if unit.level == "commune" or article.roster.districts
    }
    samples = [unit for article in rosters for unit in sample_units(article)]
    return [unit for unit in real if unit.key not in replaced] + samples


def write_directory(file: Path, units: Iterable[Unit]) -> None:
    """Write units as CSV with the columns of shared/data/units.csv."""
    columns = [it.name for it in fields(Unit)]
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(columns)
        rows.writerows([[getattr(unit, name) for name in columns] for unit in units])


def _unit(key: str, level: str, kind: str, name: str, parent: str) -> Unit:
    return Unit(key, key, level, kind, name, parent, valid_from=None, valid_to=ENDED)
