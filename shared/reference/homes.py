"""Homes: of a figure that a reporter is asked for on several forms, the form that counts."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from shared.reference.forms import Cell, FormVersion
from shared.reference.indicators import Indicator
from shared.reference.levels import LEVELS
from shared.reference.rows import FileRow


def home_of(row: FileRow) -> Mapping[str, str]:
    """Return the home of an indicator by level. Raises FactError on a form that is not its own."""
    home = {level: str(form) for level, form in row.mapping("home").items()}
    for level, form in home.items():
        if level not in LEVELS or form not in row.texts("forms"):
            raise row.wrong("home", f"must name a level and one of its forms, not {level}: {form}")
    return home


def check_homes(
    rows: Iterable[FileRow], indicators: Iterable[Indicator], forms: Sequence[FormVersion]
) -> None:
    """Refuse an indicator that reporters of a level are asked for on two forms of one day."""
    for row, indicator in zip(rows, indicators, strict=True):
        asking = [it for it in forms if Cell(indicator.code) in it.cells]
        for one, other in combinations(asking, 2):
            levels = one.owed_by & other.owed_by
            if one.code == other.code or not levels or not one.span.overlaps(other.span):
                continue
            homeless = sorted(levels - dict(indicator.home).keys())
            if homeless:
                twice = f"{', '.join(homeless)} is asked for it on {one.code} and {other.code}"
                raise row.wrong("home", f"{twice}: say which of them counts")
            if not indicator.summed:
                raise row.wrong("home", "only what is summed may be asked for on two forms")
