"""
The numbers of all advisory locks, here and nowhere else.

PostgreSQL keeps them per database. They are unique even so: two services may be given one
database, and then a lock of one must not hold up the other.
"""

from enum import IntEnum, unique


@unique
class AdvisoryLock(IntEnum):
    """One number for each purpose."""

    MIGRATE = 7_263_001
    """One migrator at a time; the others wait."""
    RELAY = 7_263_002
    """One relay per outbox, so that messages leave in the order of their ids."""
    RECEIVE = 7_263_003
    """Shared by every transaction that receives; exclusive for the claim that all is received."""
    REBUILD = 7_263_004
    """One rebuild of a schema at a time; another is refused."""
    PLAN = 7_263_101
    """Shared by transactions that change single rows; exclusive for a pass over all of them."""
