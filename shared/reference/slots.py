"""The key of what is counted once."""

from typing import NamedTuple


class Slot(NamedTuple):
    """A unit's report of a form for a period; what counts of it is its highest revision."""

    unit: str
    """The unit's own key in the directory, such as ``80.1``."""
    form: str
    """The form's code, such as ``F05``."""
    period: str
    """The period's code, such as ``nd09.2026-M11``."""
