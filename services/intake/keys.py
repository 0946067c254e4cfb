"""
API keys: ``qcdc_<key id>_<secret>``, each for one source.

Only the SHA-256 is kept. The secret has 256 random bits, so a slow hash would add nothing.
"""

import hashlib
import re
import secrets
from pathlib import Path

from pydantic import TypeAdapter

from shared.contracts.values import SourceName
from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "keys.sql")
_KEY = re.compile(r"qcdc_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_SOURCE = TypeAdapter[str](SourceName)


async def create_key(connection: Connection, source: str) -> str:
    """
    Make a key for *source* and return it; it cannot be read again.

    Raises:
        ValueError: when *source* is not a name that a source may have.

    """
    key_id = secrets.token_hex(4)
    key = f"qcdc_{key_id}_{secrets.token_urlsafe(32)}"
    await connection.execute(
        QUERIES["add_key"], key_id, _digest(key), _SOURCE.validate_python(source)
    )
    return key


async def revoke_key(connection: Connection, key_id: str) -> str | None:
    """Let a key open nothing from now on; return its source, None when there is no such key."""
    source: str | None = await connection.fetchval(QUERIES["revoke_key"], key_id)
    return source


async def source_of_key(connection: Connection, key: str) -> str | None:
    """Return the source that a key stands for, None when it opens nothing."""
    match = _KEY.fullmatch(key)
    row = await connection.fetchrow(QUERIES["key"], match[1]) if match else None
    if row is None or not secrets.compare_digest(row["sha256"], _digest(key)):
        return None
    source: str = row["source"]
    return source


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
