"""
How a mail names a unit.

A unit that has ended is named with its last day and its successors: names are used again, and the
old Tây Ninh is not today's.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date

from shared.reference.reference_data import ReferenceData
from shared.reference.reporting_bodies import body_name
from shared.reference.vietnamese import name_key


@dataclass(frozen=True, slots=True)
class UnitName:
    """
    A unit's name on a day; ``last_day`` is None while the unit exists.

    ``successors`` are the names of the units that answer for it since. It passed ``whole`` when
    there is one successor, of its own level.
    """

    name: str
    last_day: date | None = None
    successors: tuple[str, ...] = ()
    whole: bool = False


def unit_name(key: str, day: date, reference: ReferenceData, body: str | None = None) -> UnitName:
    """Return how to name a unit, or a *body* of it, on a day; an unknown unit by its key."""
    directory = reference.directory
    unit, states = directory.get(key, day), directory.states(key)
    if unit is None:
        return UnitName(one_line(key))
    name, last_day = one_line(body_name(body, unit)), states[-1].valid_to
    if last_day is None or day <= last_day:
        return UnitName(name)
    keys = reference.lineage.answers_for(key, day, directory)
    successors = [it for successor in keys if (it := directory.get(successor, day)) is not None]
    whole = [it.level for it in successors] == [unit.level]
    names = sorted((one_line(it.name) for it in successors), key=name_key)
    return UnitName(name, last_day, tuple(names), whole)


def one_line(text: str) -> str:
    """Return text on one line, without control and format characters (Unicode category C)."""
    visible = (c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join("".join(visible).split())
