"""The reference data that ships with the code, loaded once for each worker."""

from functools import cache

from shared.directory.contents import DirectoryContents, entities_of
from shared.directory.files import shipped
from shared.directory.loading import load_reference_data
from shared.reference.reference_data import ReferenceData


@cache
def shipped_reference() -> ReferenceData:
    """Return all 14,170 units with law, forms and calendar; immutable, so that tests share it."""
    return load_reference_data()


@cache
def shipped_contents() -> DirectoryContents:
    """Return the facts that ship, as the files state them; immutable, so that tests share them."""
    return shipped()


@cache
def _shipped_entities() -> dict[str, str]:
    return dict(entities_of(shipped_contents()))


def shipped_entities() -> dict[str, str]:
    """Return the entities that ship, in a mapping of the caller's own."""
    return dict(_shipped_entities())
