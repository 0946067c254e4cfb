"""
Events as Kafka carries them: CloudEvents 1.0 in binary mode.

The body is plain domain JSON; identity, type and time travel in ``ce_`` headers, so that a
reader can route and de-duplicate without opening the body.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.contracts.event import Event

Headers = list[tuple[str, bytes]]
HEADERS_MAX = 100


@dataclass(frozen=True, slots=True)
class Message:
    """One event, ready for Kafka."""

    headers: Headers
    body: bytes


def encode(event: Event, source: str, traceparent: str | None = None) -> Message:
    """
    Turn *event* into headers and body.

    *source* names the producer, for example ``qcdc/intake``. The same event always gives the
    same bytes.
    """
    headers = {
        "ce_specversion": "1.0",
        "ce_id": event.event_id,
        "ce_source": source,
        "ce_type": event.type_name(),
        "ce_time": event.occurred_at.isoformat(),
        "ce_dataschema": f"urn:qcdc:schema:{type(event).__name__}:{event.version}",
        "content-type": "application/json",
    }
    if traceparent:
        headers["traceparent"] = traceparent
    return Message(
        [(name, value.encode()) for name, value in headers.items()],
        event.model_dump_json().encode(),
    )


def header_texts(headers: Iterable[tuple[str, bytes | None]]) -> Mapping[str, str]:
    """
    Read headers defensively: the first of each name, undecodable bytes shown escaped.

    A hostile or careless producer can send ten thousand headers; the first hundred are read.
    """
    texts: dict[str, str] = {}
    for index, (name, value) in enumerate(headers):
        if index >= HEADERS_MAX:
            break
        texts.setdefault(name, (value or b"").decode("utf-8", "backslashreplace"))
    return texts
