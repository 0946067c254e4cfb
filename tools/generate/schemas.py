"""JSON Schemas of the events: what a reader of any language may rely on."""

from typing import Any

from shared.contracts.event import Event

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def frozen_schema(event: type[Event]) -> dict[str, Any]:
    """Return an event's body as a JSON Schema that stands alone."""
    return {
        "$schema": DRAFT,
        "$id": schema_urn(event),
        **_closed(event.model_json_schema()),
    }


def component_schemas(events: tuple[type[Event], ...]) -> dict[str, Any]:
    """Return the schemas of events and of what they are made of, for one document."""
    found: dict[str, Any] = {}
    for event in events:
        schema = _closed(event.model_json_schema(ref_template="#/components/schemas/{model}"))
        found |= schema.pop("$defs", {})
        found[event.__name__] = schema
    return dict(sorted(found.items()))


def schema_urn(event: type[Event]) -> str:
    """Return the name of a schema, as the header ``ce_dataschema`` gives it."""
    return f"urn:qcdc:schema:{event.__name__}:{event.version}"


def _closed(node: Any) -> Any:
    """
    Say of a dictionary with checked keys that it has no other keys.

    Pydantic refuses such keys; its schema names the pattern and forgets to forbid the rest.
    """
    if isinstance(node, list):
        return [_closed(it) for it in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    if "patternProperties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed
