"""Reads what we publish ourselves: events under a ``ce_type``, which a newer release may extend."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from shared.contracts.event import Event
from shared.contracts.newer import is_newer
from shared.contracts.wire import header_texts
from shared.infra.kafka.records import Newer, Poison, Record

E = TypeVar("E", bound=Event)


def event_in(record: Record, types: Mapping[str, type[E]]) -> E | Poison:
    """
    Return the event in a record, by the type in its header.

    A newer release may add fields of any kind, decimals too; they are ignored. A type that came
    with a newer release is waited for.
    """
    headers = header_texts(record.headers)
    event_type = types.get(headers.get("ce_type", ""))
    if event_type is None:
        return Newer("newer_type") if is_newer(headers, types) else Poison("unknown_type")
    try:
        return event_type.model_validate_json(record.value or b"")
    except ValidationError as problem:
        kind = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        return Poison("not_json" if kind["type"] == "json_invalid" else "invalid")
