"""API keys in PostgreSQL: of each key the SHA-256 of the whole, never the key itself."""

from pathlib import Path

from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "keys.sql")


async def add_key(connection: Connection, key_id: str, sha256: bytes, source: str) -> None:
    """Store a new key of a source."""
    await connection.execute(QUERIES["add_key"], key_id, sha256, source)


async def find_key(connection: Connection, key_id: str) -> tuple[bytes, str] | None:
    """Return hash and source of a key that is not revoked."""
    row = await connection.fetchrow(QUERIES["key"], key_id)
    return None if row is None else (row["sha256"], row["source"])


async def mark_revoked(connection: Connection, key_id: str) -> str | None:
    """Revoke a key unless it is revoked already; return its source, None for an unknown key."""
    source: str | None = await connection.fetchval(QUERIES["revoke_key"], key_id)
    return source
