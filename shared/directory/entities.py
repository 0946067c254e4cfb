"""
Entities: what the directory's topic holds under each key, as text that can be compared.

The content of an entity is the body of its event without identity and time, with its fields in
order. So the same state published twice is the same content, and one checksum over all of them says
whether a reader holds what the publisher meant.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from pydantic import ValidationError

from shared.contracts.directory import (
    REVISION_KEY,
    CalendarRevised,
    CommitteeRecorded,
    DirectoryRevised,
    EntityRecorded,
    RegimePublished,
    UnitRecorded,
)
from shared.contracts.event import derived_id
from shared.infra.kafka.events import event_in
from shared.infra.kafka.records import Poison, Record
from shared.reference.errors import FactError

Entities: TypeAlias = Mapping[str, str]
"""Content by key."""

EntityChanges: TypeAlias = Mapping[str, str | None]
"""New content by key; None takes an entity away."""

KINDS: Mapping[str, type[EntityRecorded]] = {
    "unit": UnitRecorded,
    "committee": CommitteeRecorded,
    "regime": RegimePublished,
    "calendar": CalendarRevised,
}
"""By the part of the key before the stroke."""

_TYPES: Mapping[str, type[EntityRecorded | DirectoryRevised]] = {
    DirectoryRevised.type_name(): DirectoryRevised,
    **{it.type_name(): it for it in KINDS.values()},
}
ENVELOPE_PLACEHOLDER: dict[str, Any] = {
    "event_id": "placeholder",
    "occurred_at": "2000-01-01T00:00:00+00:00",
}
"""Envelope fields set at publication; not part of the canonical content."""

_KEY_CHARACTERS_MAX = 600
"""More than a kind and a ``Name``, and less than an index holds."""

_ENVELOPE_FIRST = json.dumps(ENVELOPE_PLACEHOLDER)[:-1] + ","


@dataclass(frozen=True, slots=True)
class EntityUpdate:
    """One record: an entity as it now is, or that there is none of this key any more."""

    key: str
    content: str | None


DirectoryMessage: TypeAlias = EntityUpdate | DirectoryRevised


def decode(record: Record) -> DirectoryMessage | Poison:
    """Read a record of the directory's topic."""
    if record.value is None:
        return _taken_away(record.key or b"")
    event = event_in(record, _TYPES)
    if not isinstance(event, EntityRecorded):
        return event
    try:
        # All that was published, so that the checksum holds: also what a newer release has added.
        return EntityUpdate(event.entity, _canonical(json.loads(record.value)))
    except ValueError:
        return Poison("not_json")


def content_of(event: EntityRecorded) -> str:
    """Return the canonical content of an event, without its envelope."""
    return _canonical(event.model_dump(mode="json"))


def event_of(key: str, content: str) -> EntityRecorded:
    """
    Return the event with this content.

    Raises FactError when this release cannot read it.
    """
    # As text, since every start and every change reads fourteen thousand of them.
    return _read(key, lambda kind: kind.model_validate_json(_ENVELOPE_FIRST + content[1:]))


def recorded(key: str, content: str, at: datetime) -> EntityRecorded:
    """Return the event to be published; the same content at the same time has the same id."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    identity = derived_id("directory", key, digest, at.isoformat())
    body = {**json.loads(content), "event_id": identity, "occurred_at": at}
    return _read(key, lambda kind: kind.model_validate(body))


def revision_id(revision: int, base: int, digest: str, document: str) -> str:
    """Return the id of the event that puts a revision in force; it follows from what it says."""
    return derived_id("directory", revision, base, digest, document)


def checksum(entities: Entities) -> str:
    """Return SHA-256 over all keys and contents, in the order of the keys."""
    digest = hashlib.sha256()
    for key in sorted(entities):
        digest.update(f"{key}\n{entities[key]}\n".encode())
    return digest.hexdigest()


def difference(old: Entities, new: Entities) -> EntityChanges:
    """Return the changes, by key, that turn *old* into *new*."""
    changed: dict[str, str | None] = {
        key: new[key] for key in sorted(new) if old.get(key) != new[key]
    }
    return changed | dict.fromkeys(sorted(old.keys() - new.keys()))


def with_changes(old: Entities, changes: EntityChanges) -> dict[str, str]:
    """Return *old* with these changes."""
    both = {**old, **changes}
    return {key: content for key, content in both.items() if content is not None}


def _taken_away(key: bytes) -> EntityUpdate | Poison:
    try:
        name = key.decode()
    except UnicodeError:
        return Poison("unknown_key")
    usable = "\x00" not in name and len(name) <= _KEY_CHARACTERS_MAX
    return EntityUpdate(name, None) if usable and _kind(name) else Poison("unknown_key")


def _read(key: str, validate: Callable[[type[EntityRecorded]], EntityRecorded]) -> EntityRecorded:
    kind = _kind(key)
    if kind is None:
        raise FactError("directory", key, "is of a kind that this release does not know")
    try:
        event = validate(kind)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise FactError("directory", key, f"{where}: {first['msg']}") from problem
    if event.entity != key:
        raise FactError("directory", key, f"holds the state of {event.entity}")
    return event


def _kind(key: str) -> type[EntityRecorded] | None:
    return None if key == REVISION_KEY else KINDS.get(key.partition("/")[0])


def _canonical(body: Mapping[str, Any]) -> str:
    content = {name: value for name, value in body.items() if name not in ENVELOPE_PLACEHOLDER}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
