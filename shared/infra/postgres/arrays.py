"""Rows as the arrays that ``unnest`` takes: one statement for many rows."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

ROWS_AT_ONCE_MAX = 250
"""Rows with whole documents in one statement: the driver encodes them while the loop waits."""

T = TypeVar("T")


def portions(rows: Sequence[T], size: int = ROWS_AT_ONCE_MAX) -> Iterator[Sequence[T]]:
    """Cut rows into portions for a statement each, in their order."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def columns(rows: Iterable[Sequence[object]], width: int) -> list[list[object]]:
    """Turn rows of *width* values into one list per column; no rows make empty lists."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def array_text(numbers: Sequence[int | None] | None) -> str | None:
    """
    Write an array as text for PostgreSQL to cast.

    Of an array of arrays ``unnest`` would make single numbers. Measured as the fastest way to
    send many arrays at once: a list's own text is nearly the right one, and written in C.
    """
    if numbers is None:
        return None
    return "{" + str(list(numbers))[1:-1].replace("None", "NULL") + "}"
