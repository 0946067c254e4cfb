"""
API keys: ``qcdc_<key id>_<secret>``, each for one source.

Only the SHA-256 is kept. The secret has 256 random bits, so a slow hash would add nothing.
"""

import hashlib
import re
import secrets

from pydantic import TypeAdapter

from services.intake.store.keys import add_key, find_key, mark_revoked
from shared.contracts.values import SourceName
from shared.infra.postgres.database import Connection

_KEY = re.compile(r"qcdc_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_SOURCE = TypeAdapter[str](SourceName)


async def create_key(connection: Connection, source: str) -> str:
    """
    Create a key for *source* and return it; it cannot be read again.

    Raises:
        ValueError: *source* is not a valid source name.

    """
    key_id = secrets.token_hex(4)
    key = f"qcdc_{key_id}_{secrets.token_urlsafe(32)}"
    await add_key(connection, key_id, _digest(key), _SOURCE.validate_python(source))
    return key


async def revoke_key(connection: Connection, key_id: str) -> str | None:
    """Revoke a key; return its source, None when there is no such key."""
    return await mark_revoked(connection, key_id)


async def source_of_key(connection: Connection, key: str) -> str | None:
    """Return the source that a key authenticates, None for an unknown or revoked key."""
    match = _KEY.fullmatch(key)
    stored = await find_key(connection, match[1]) if match else None
    if stored is None or not secrets.compare_digest(stored[0], _digest(key)):
        return None
    return stored[1]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
