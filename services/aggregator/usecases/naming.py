"""How every answer names a unit: so that the Tây Ninh of then is never taken for that of today."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel

from shared.reference.directory import Directory
from shared.reference.reference_data import ReferenceData


class UnitAnswer(BaseModel):
    """A unit under its name of the time, with the first and the last day of its life."""

    key: str
    name: str
    type: str
    valid_from: date | None
    valid_to: date | None


def unit_answer(reference: ReferenceData, key: str, day: date) -> UnitAnswer:
    """Name a unit as it was on a day. Raises KeyError on an unknown key."""
    return _named(reference.directory, key, day)


def named(reference: ReferenceData, units: Iterable[tuple[str, date]]) -> list[UnitAnswer]:
    """Name each unit once, as it was on the last of its days here; sorted by key."""
    last = dict(sorted(units))
    return [_named(reference.directory, key, day) for key, day in last.items()]


def _named(directory: Directory, key: str, day: date) -> UnitAnswer:
    unit, states = directory.get(key, day), directory.states(key)
    if unit is None:
        raise KeyError(key)
    return UnitAnswer(
        key=key,
        name=unit.name,
        type=unit.type,
        valid_from=states[0].valid_from,
        valid_to=states[-1].valid_to,
    )
