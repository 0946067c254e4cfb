"""The HTTP door: documents of an authenticated source to the desk, in one transaction."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.domain.numbering import Decision
from services.intake.domain.state import Entry, Question, Slot, SlotKey
from services.intake.domain.submissions import Arrived, Kind, usable_event_id
from services.intake.entry.bodies import Refused, document_of
from services.intake.usecases.keys import source_of_key
from services.intake.usecases.receive import Desk
from shared.contracts.event import derived_id
from shared.infra.postgres.database import Database


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object that names itself, and its bytes."""

    event_id: str
    body: bytes
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A submission as it was judged, its slot as it stands, and what its sender is asked now."""

    entry: Entry
    slot: Slot | None = None
    questions: Sequence[Question] = ()


class Door:
    """Receives over HTTP; every answer is given after the commit, whether Kafka is there or not."""

    def __init__(
        self, database: Database, desk: Desk, after: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._desk = desk
        self._after = after

    async def source(self, key: str) -> str | None:
        """Return whom an API key stands for."""
        async with self._database.connection() as connection:
            return await source_of_key(connection, key)

    async def submit(
        self, source: str, kind: Kind, bodies: Sequence[bytes]
    ) -> list[Decision | Refused]:
        """Decide on documents in their order; what cannot be identified is refused beside."""
        opened = [_open(body) for body in bodies]
        documents = [it for it in opened if isinstance(it, Document)]
        decisions = iter(await self._receive(source, kind, documents, None))
        return [it if isinstance(it, Refused) else next(decisions) for it in opened]

    async def find(self, source: str, event_id: str) -> Found | None:
        """Return what became of a submission, and how its slot stands if it was accepted."""
        journal = self._desk.journal
        async with self._database.connection() as connection:
            entry = await journal.find(connection, (source, event_id))
            if entry is None:
                return None
            key = _slot_key(entry)
            slot = await journal.slot(connection, key) if key else None
            if key is None or slot is None or not slot.holds(entry.revision):
                return Found(entry, slot)
            return Found(entry, slot, await journal.open_questions(connection, key))

    async def withdraw(self, filled: Entry, reason: str) -> Decision:
        """
        Withdraw the report that an accepted submission made, unless it has been replaced.

        The withdrawal's identity follows from the submission and the reason, so that asking twice
        is asking once, and a reason that was refused can be mended.
        """
        event_id = derived_id("withdrawal", filled.source, filled.event_id, filled.revision, reason)
        content = {
            "event_id": event_id,
            "unit": filled.unit,
            "form": filled.form,
            "period": filled.period,
            "reason": reason,
        }
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
        document = Document(event_id, body, content)
        decisions = await self._receive(filled.source, Kind.WITHDRAWAL, [document], filled.revision)
        return decisions[0]

    async def _receive(
        self, source: str, kind: Kind, documents: Sequence[Document], revision: int | None
    ) -> Sequence[Decision]:
        if not documents:
            return []
        async with self._database.transaction() as connection:
            now = await self._desk.journal.enter(connection)
            arrivals = [_arrived(source, kind, it, now, revision) for it in documents]
            decisions = await self._desk.receive(connection, arrivals)
        self._after()
        return decisions


def _open(body: bytes) -> Document | Refused:
    try:
        content = document_of(body)
    except Refused as refusal:
        return refusal
    event_id = usable_event_id(content)
    return Document(event_id, body, content) if event_id else Refused(422, "missing_event_id")


def _arrived(
    source: str, kind: Kind, document: Document, now: datetime, revision: int | None
) -> Arrived:
    return Arrived(
        source=source,
        kind=kind,
        event_id=document.event_id,
        document=document.content,
        body=document.body,
        received_at=now,
        time_required=False,
        revision=revision,
    )


def _slot_key(entry: Entry) -> SlotKey | None:
    """Name the slot that an entry is about; a handover fills none."""
    if entry.kind is Kind.HANDOVER:
        return None
    if entry.unit is None or entry.form is None or entry.period is None:
        return None
    return SlotKey(entry.unit, entry.form, entry.period)
