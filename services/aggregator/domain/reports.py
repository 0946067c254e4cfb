"""
A report in the ledger: its slot, its revision, and what it counts.

Named tuples: a rebuild makes millions of them, and frozen dataclasses cost three times as much.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.reference.slots import Slot


class Counted(NamedTuple):
    """
    What one revision of a slot contributes to the totals.

    ``figures`` are in the order of the form's cells and in smallest units; None at a position
    means "not reported", None for all of them a withdrawal. ``at_least``, ``about`` and
    ``at_most`` are positions. ``on_time`` is None for a withdrawal, and for history entered after
    the fact, which is neither on time nor late.
    """

    revision: int
    path: tuple[str, ...]
    unit_type: str
    figures: Sequence[int | None] | None
    at_least: tuple[int, ...] = ()
    about: tuple[int, ...] = ()
    at_most: tuple[int, ...] = ()
    on_time: bool | None = None

    @property
    def province(self) -> str:
        """The province in force for the period."""
        return self.path[-1]


class Revision(NamedTuple):
    """One accepted revision of a slot, with where it came from and when."""

    slot: Slot
    counted: Counted
    form_version: int
    source: str
    submission_id: str
    received_at: datetime
    accepted_at: datetime
    first_received_at: datetime | None = None
    due_at: datetime | None = None
    rejudged: str | None = None
    """The document by which its lateness was judged again."""
