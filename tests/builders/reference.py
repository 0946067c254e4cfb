"""The reference data that ships with the code, loaded once for each worker."""

from functools import cache

from shared.directory.loading import load_reference_data
from shared.reference.reference_data import ReferenceData


@cache
def shipped_reference() -> ReferenceData:
    """Return all 14,149 units with law, forms and calendar; immutable, so that tests share it."""
    return load_reference_data()
