"""What an operator's files would change in the directory that is in force, and publishing it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shared.contracts.directory import DirectoryRevised
from shared.contracts.topics import DIRECTORY
from shared.directory.contents import DirectoryContents, contents_of, entities_of
from shared.directory.entities import Entities, difference
from shared.directory.files import shipped, with_files
from shared.directory.loading import build_reference_data
from shared.directory.publisher import PublishedDirectory, publish, read_published, unusable
from shared.infra.errors import Misconfigured
from shared.reference.errors import FactError, FactErrors
from shared.reference.plain_text import plain
from shared.reference.reference_data import ReferenceData
from shared.reference.regime_rows import build_regimes
from shared.reference.regimes import Regimes
from tools.qcdc.checks import problems_of, warnings_of

Json = Mapping[str, Any]

_SAID = frozenset({"unit", "key", "code", "level", "name_vi", "label_vi"})
"""Fields that the line of a new entity shows already."""


@dataclass(frozen=True, slots=True)
class EntityChange:
    """What would become of one entity; a side is None where there is none."""

    entity: str
    before: Json | None
    after: Json | None

    @property
    def kind(self) -> str:
        """Added, changed or removed."""
        if self.before is None:
            return "added"
        return "changed" if self.after is not None else "removed"

    def lines(self) -> Iterator[str]:
        """Yield a line for the entity, and one for every value that differs."""
        sign = {"added": "+", "changed": "~", "removed": "-"}[self.kind]
        yield f"{sign} {self.entity} {_title(self.after or self.before or {})}".rstrip()
        if self.after is not None and self.before is None:
            yield from _all_of(self.after)
        elif self.after is not None and self.before is not None:
            for name in sorted(self.before.keys() | self.after.keys()):
                yield from _differences(name, self.before.get(name), self.after.get(name))


@dataclass(frozen=True)
class Proposal:
    """A directory that an operator wants, and what it was worked out from."""

    base: PublishedDirectory
    wanted: Entities
    contents: DirectoryContents
    reference: ReferenceData
    regimes_before: Regimes

    def warnings(self, today: date) -> Sequence[str]:
        """Return what may be published and is worth a second look, a line each."""
        return list(warnings_of(self.contents, self.reference, today, self.regimes_before))

    @property
    def changes(self) -> Sequence[EntityChange]:
        """What would be different, by entity."""
        old = self.base.replica.entities
        return [
            EntityChange(key, _parsed(old.get(key)), _parsed(content))
            for key, content in difference(old, self.wanted).items()
        ]


async def propose(
    bootstrap: str, files: Sequence[Path], *, from_shipped: bool, topic: str = DIRECTORY
) -> Proposal:
    """
    Lay files over what is published, or over what ships with the code.

    Raises Misconfigured when they cannot be used, or some service would refuse them (``checks``),
    or there is nothing to lay them over.
    """
    base = await read_published(bootstrap, topic)
    if base.replica.in_force is None and not from_shipped:
        raise Misconfigured(
            "nothing has been published yet; begin with: qcdc directory apply --shipped"
        )
    before = contents_of(base.replica.entities) if base.replica.in_force else None
    try:
        contents = with_files(shipped() if from_shipped else before or shipped(), files)
        wanted, reference = _checked(contents, base.replica.entities, before)
        regimes_before = build_regimes(before.regimes if before else ())
    except (FactError, OSError) as problem:
        raise Misconfigured(str(problem)) from problem
    if reason := unusable(wanted):
        raise Misconfigured(reason)
    return Proposal(base, wanted, contents, reference, regimes_before)


def _checked(
    contents: DirectoryContents, in_force: Entities, before: DirectoryContents | None
) -> tuple[Entities, ReferenceData]:
    """Return the entities and what they make. Raises FactError with everything that is wrong."""
    try:
        entities = entities_of(contents)
        wanted = {**in_force, **entities}
        # Rows of files know their lines, those of published entities do not.
        whole = contents if wanted.keys() == entities.keys() else contents_of(wanted)
        reference = build_reference_data(whole)
    except FactError as problem:
        raise contents.placed(problem) from problem
    if problems := problems_of(contents, reference, before):
        raise FactErrors(problems)
    return wanted, reference


async def put_in_force(
    bootstrap: str, proposal: Proposal, document: str, at: datetime, *, topic: str = DIRECTORY
) -> DirectoryRevised | None:
    """
    Publish a proposal; return its revision, None when nothing differs.

    Raises PublicationOvertaken when another publication came first; propose again.
    """
    wanted, base = proposal.wanted, proposal.base
    return await publish(bootstrap, wanted, document, at, topic=topic, base=base)


async def publish_instead(
    bootstrap: str, contents: DirectoryContents, document: str, at: datetime
) -> DirectoryRevised | None:
    """
    Publish these contents in place of whatever is in force; for lines that begin anew.

    Raises FactError when some service would refuse them.
    """
    wanted, _ = _checked(contents, {}, None)
    return await publish(bootstrap, wanted, document, at)


def counted(entities: Entities) -> dict[str, int]:
    """Count entities by kind."""
    found: dict[str, int] = {}
    for key in entities:
        kind = key.partition("/")[0]
        found[kind] = found.get(kind, 0) + 1
    return dict(sorted(found.items()))


def _parsed(content: str | None) -> Json | None:
    return None if content is None else dict(json.loads(content))


def _title(body: Json) -> str:
    """Name an entity as people do: a unit by its newest state."""
    states = body.get("states")
    if states:
        return f"{_visible(states[-1]['name'])} ({body['level']})"
    return _visible(str(body.get("name_vi") or body.get("label_vi") or ""))


def _all_of(body: Json) -> Iterator[str]:
    """Yield the fields of a new entity that its own line does not show."""
    for name, value in sorted(body.items()):
        if isinstance(value, list):
            yield from (f"    {name} + {_short(it)}" for it in value)
        elif name not in _SAID and value not in (None, ""):
            yield f"    {name}: {_short(value)}"


def _differences(name: str, before: object, after: object) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, list) and isinstance(after, list):
        yield from (f"    {name} - {_short(it)}" for it in before if it not in after)
        yield from (f"    {name} + {_short(it)}" for it in after if it not in before)
    else:
        yield f"    {name}: {_short(before)} -> {_short(after)}"


def _short(value: object) -> str:
    """Write a value in one line, without what is not known."""
    if isinstance(value, dict):
        return ", ".join(f"{k} {_short(v)}" for k, v in value.items() if v not in (None, "", []))
    return _visible(str(value))


def _visible(text: str) -> str:
    """Return a text with escapes where characters hide or look like others."""
    try:
        return text if plain(text) == text else ascii(text)
    except ValueError:
        return ascii(text)
