"""
The largest message of each kind fits into what Kafka takes: one that does not would never leave.

The contracts bound most fields; what they leave open is bounded here, with the reason. Whoever adds
a list or a text without a bound has to say how long it can be.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from services.intake.domain.violations import FINDINGS_MAX, SHOWN_CHARACTERS_MAX
from shared.contracts.event import Event
from shared.infra.dead_letters import RAW_BYTES_PUBLISHED_MAX, REASON_CHARACTERS_MAX
from shared.infra.kafka.outbox import MESSAGE_BYTES_MAX
from tests.builders.reference import shipped_reference
from tools.generate.files import ROOT
from tools.generate.flow import FLOW, SERVICES

Schema = Mapping[str, Any]

PUBLISHED = sorted(
    {event for it in FLOW if set(it.writers) & set(SERVICES) for event in it.events},
    key=lambda it: it.__name__,
)
ENVELOPE_BYTES_MAX = 2_000
"""Headers and a key; the longest is the place of a dead letter, whose topic has 249 characters."""

_TEMPLATES = tomllib.loads((ROOT / "services/intake/messages_vi.toml").read_text(encoding="utf-8"))
_CELLS = [it for form in shipped_reference().catalogue.forms for it in form.position]
_FORM_WIDTH_MAX = max(len(it.position) for it in shipped_reference().catalogue.forms)

# Strings that match the patterns of the contracts, as long as these allow.
_PATTERNED = (
    "A" * 40,  # a unit
    "p" * 20 + ".2026-M123",  # a period
    "F" * 10,  # a form
    "9" * 13 + "." + "9" * 9,  # a decimal
    "s" * 40,  # a source
    "e" * 200,  # an event
)
_TEXT_BYTES: Mapping[str, int] = {
    "code": max(map(len, _TEMPLATES)),
    "field": 2 * SHOWN_CHARACTERS_MAX,  # the section and the cell, cut
    "message": max(len(it.encode()) for it in _TEMPLATES.values()) + 2 * SHOWN_CHARACTERS_MAX,
    "reason": REASON_CHARACTERS_MAX,
    "key_base64": 4,  # key and value are bounded by their sum
    "value_base64": 4 * RAW_BYTES_PUBLISHED_MAX // 3 + 4,
    "topic": 249,
    "indicator": 100,
    "split": 50,
    "display": 100,
    "before_display": 100,
    "after_display": 100,
    "unit_of_measure": 50,
    "value": 50,
    "before": 50,
    "after": 50,
    "figures.period": 30,
}
_TEXT_BYTES_MAX = 1_500
"""Of names, addresses, digests and codes that nobody outside chooses; a name has 500 characters."""

_COUNT: Mapping[str, int] = {
    "findings": FINDINGS_MAX + 100,  # and one for each later report that is questioned
    "path": 10,  # a country has five levels
    "figures": 2 * _FORM_WIDTH_MAX,
    "changes": 2 * _FORM_WIDTH_MAX,
    "NoticeSent.units": len(shipped_reference().directory),
    # A unit is named once: one group with all of them is larger than many groups.
    "IntakeCaughtUp.held": 1,
    "held.units": len(shipped_reference().directory),
    "closed_before.units": 20,
    "carried_from.units": 20,  # the predecessors of one unit
    "split": 5,
}


@pytest.mark.parametrize("event", PUBLISHED, ids=lambda it: it.__name__)
def test_the_largest_of_a_kind_fits_into_a_message(event: type[Event]) -> None:
    """Also with every text and list as long as it can be."""
    schema = event.model_json_schema()

    body = json.dumps(_largest(schema, schema, event.__name__), ensure_ascii=False).encode()

    assert len(body) + ENVELOPE_BYTES_MAX < MESSAGE_BYTES_MAX


def test_cells_on_the_wire_are_those_of_the_catalogue() -> None:
    """The contract does not bound a cell's key; only a form's own are ever published."""
    assert len(_cell(0)) > max(map(len, _CELLS))


def test_a_text_that_grows_is_noticed() -> None:
    """Planted: a list that nobody bounded."""
    with pytest.raises(KeyError, match="held"):
        _largest({"type": "array", "items": {"type": "string"}}, {}, "held")


def _largest(schema: Schema, root: Schema, name: str) -> object:
    """Return a JSON value that the schema allows and that has the most bytes."""
    if "$ref" in schema:
        return _largest(root["$defs"][schema["$ref"].rpartition("/")[2]], root, name)
    if "anyOf" in schema:
        return max((_largest(it, root, name) for it in schema["anyOf"]), key=_bytes)
    if "enum" in schema:
        return max(schema["enum"], key=len)
    return _OF_TYPE[schema["type"]](schema, root, name)


def _string(schema: Schema, _: Schema, name: str) -> str:
    if schema.get("format") == "date-time":
        return "2026-11-30T23:59:59.999999+07:00"
    if "maxLength" in schema:
        length: int = schema["maxLength"]
        return "\x01" * length  # six bytes in JSON, as no other character
    if "pattern" in schema:
        pattern: str = schema["pattern"]
        return max((it for it in _PATTERNED if re.search(pattern, it)), key=len)
    return "x" * _of(_TEXT_BYTES, name, _TEXT_BYTES_MAX)


def _array(schema: Schema, root: Schema, name: str) -> list[object]:
    return [_largest(schema["items"], root, name)] * _of(_COUNT, name)


def _object(schema: Schema, root: Schema, name: str) -> dict[str, object]:
    if "properties" in schema:
        of = name.rpartition(".")[2]
        return {key: _largest(it, root, f"{of}.{key}") for key, it in schema["properties"].items()}
    count = schema.get("maxProperties") or _of(_COUNT, name)
    (values,) = schema.get("patternProperties", {"": schema.get("additionalProperties")}).values()
    return {_cell(number): _largest(values, root, name) for number in range(count)}


def _of(limits: Mapping[str, int], name: str, otherwise: int | None = None) -> int:
    """Look up a limit by the field and what it is a field of, else by the field alone."""
    found = limits.get(name, limits.get(name.rpartition(".")[2], otherwise))
    if found is None:
        raise KeyError(f"nobody says how long {name} can be")
    return found


def _cell(number: int) -> str:
    return f"{number:0>100}"


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


_OF_TYPE: Mapping[str, Callable[[Schema, Schema, str], object]] = {
    "string": _string,
    "array": _array,
    "object": _object,
    "integer": lambda *_: -(2**63),
    "number": lambda *_: -(2**63),
    "boolean": lambda *_: False,
    "null": lambda *_: None,
}
