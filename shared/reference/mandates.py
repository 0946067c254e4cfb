"""
Mandates: by which act of a committee further units of its area owe a form.

The catalogue says who owes a form everywhere. A province asks more: "các cơ quan, địa phương, đơn
vị" build models, its departments receive visits and petitions. A mandate only ever adds units.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.reference.dates import Dated
from shared.reference.levels import LEVELS, TYPES
from shared.reference.rows import FileRow


@dataclass(frozen=True, slots=True)
class Mandate(Dated):
    """
    Who owes one form beside those of the catalogue, for periods that end between two dates.

    All units of an area that are of these levels, of these types only where types are named, and
    the single units named. Dates are inclusive, None is open.
    """

    form: str
    area: str
    levels: frozenset[str]
    document: str
    types: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_to: date | None = None

    def names(self, key: str, level: str, unit_type: str) -> bool:
        """Return whether it means a unit of its area with this key, level and type."""
        of_level = level in self.levels and (not self.types or unit_type in self.types)
        return of_level or key in self.units


def read_mandates(row: FileRow, area: str, committee_ends: date | None) -> Iterator[Mandate]:
    """
    Yield the mandates of a committee for its area; they end with it.

    Raises FactError on one that is unusable.
    """
    for mandate in row.rows("mandates"):
        mandate.only("form", "levels", "types", "units", "valid_from", "valid_to", "document")
        span = mandate.span()
        levels, types = frozenset(mandate.texts("levels")), frozenset(mandate.texts("types"))
        if not levels <= frozenset(LEVELS):
            raise mandate.wrong("levels", f"must be of {', '.join(LEVELS)}")
        if not types <= frozenset[str]().union(*(TYPES[it] for it in levels)):
            raise mandate.wrong("types", "must be types of its levels")
        units = frozenset(mandate.texts("units"))
        if not levels and not units:
            raise mandate.refused("needs levels or units")
        yield Mandate(
            form=mandate.text("form"),
            area=area,
            levels=levels,
            document=mandate.text("document"),
            types=types,
            units=units,
            valid_from=span.first,
            valid_to=min(filter(None, (span.last, committee_ends)), default=None),
        )
