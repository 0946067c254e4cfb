"""What could not even be read, kept byte for byte."""

from pydantic import NonNegativeInt

from shared.contracts.event import Event


class RecordDeadLettered(Event):
    """A record that no decoder understands: where it lay, why, and its raw bytes (base64)."""

    service: str
    topic: str
    partition: NonNegativeInt
    offset: NonNegativeInt
    reason: str
    key_base64: str | None = None
    value_base64: str | None = None
