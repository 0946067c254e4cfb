"""Dead letters: whatever came, its record is kept whole and what is published of it fits."""

import base64
import json

import pytest
from aiokafka import ConsumerRecord

from shared.contracts.topics import DEAD_LETTERS
from shared.infra import dead_letters
from shared.infra.dead_letters import RAW_BYTES_PUBLISHED_MAX
from shared.infra.kafka.records import Record
from tests.builders.plumbing import migrated

HALF = RAW_BYTES_PUBLISHED_MAX // 2
WHOLE = RAW_BYTES_PUBLISHED_MAX


@pytest.mark.parametrize(
    ("key", "value", "published"),
    [
        (490_000, 490_000, (490_000, None)),  # safety finding 4: 1.3 MB in base64
        (HALF, HALF, (HALF, HALF)),
        (10, WHOLE, (10, None)),
        (WHOLE, 10, (None, 10)),
        (WHOLE + 1, WHOLE + 1, (None, None)),
        (None, WHOLE, (None, WHOLE)),
        (None, 1_048_000, (None, None)),
        (5, None, (5, None)),
    ],
)
async def test_what_is_published_of_a_dead_letter_fits_into_a_message(
    postgres_url: str,
    key: int | None,
    value: int | None,
    published: tuple[int | None, int | None],
) -> None:
    """One that does not fit would hold up all later ones, on a topic that three services share."""
    async with migrated(postgres_url) as database:
        async with database.transaction() as connection:
            await dead_letters.keep(connection, "test", [(_record(key, value), "r" * 5_000)])
        async with database.connection() as connection:
            body = await connection.fetchval(
                "SELECT body FROM outbox WHERE topic = $1", DEAD_LETTERS
            )
            kept = await connection.fetchrow("SELECT key, value, reason FROM dead_letter")

    event = json.loads(body)
    assert (_size(event["key_base64"]), _size(event["value_base64"])) == published
    assert (kept["key"], kept["value"]) == (_bytes(key), _bytes(value))  # byte for byte
    assert len(event["reason"]) < len(kept["reason"])


def _record(key: int | None, value: int | None) -> Record:
    return ConsumerRecord(
        topic="t" * 249,
        partition=2**31 - 1,
        offset=2**63 - 1,
        timestamp=1_760_494_448_391,
        timestamp_type=1,
        key=_bytes(key),
        value=_bytes(value),
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=(),
    )


def _bytes(size: int | None) -> bytes | None:
    return None if size is None else b"\xff" * size


def _size(text: str | None) -> int | None:
    return None if text is None else len(base64.b64decode(text))
