"""What is signed: canonical JSON, and its checksum."""

import json
from collections.abc import Mapping
from hashlib import sha256


def canonical(content: Mapping[str, object]) -> str:
    """Write JSON in the one way that a checksum is taken of: keys sorted, no blanks."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def checksum(signed: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return sha256(signed.encode()).hexdigest()
