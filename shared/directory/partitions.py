"""
The partition of a province: reports, totals and duties of one province share one.

So each province's rows have one writer. The directory lists provinces by first day, then key
(``Directory.provinces``); a province's place in that list decides, and the publisher refuses a
revision that would move one (``checks.py``).
"""

from collections.abc import Mapping
from functools import lru_cache

from shared.reference.directory import Directory

_UNLISTED = 0


def partition_of(province: str, directory: Directory, partitions: int) -> int:
    """
    Return the partition of a province on a topic with that many partitions.

    A province that the directory does not list gets partition 0, always the same one: its events
    keep their order, and events of the provinces beside it go on. Refusing it would stop a whole
    outbox for the sake of one province; leaving the choice to Kafka would spread it by message key.
    """
    return _places(directory).get(province, _UNLISTED) % partitions


# The directory in force and the one before it.
@lru_cache(maxsize=2)
def _places(directory: Directory) -> Mapping[str, int]:
    return {province: place for place, province in enumerate(directory.provinces())}
