"""The HTTP door: documents of an authenticated source to the desk, in one transaction."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.state import JournalEntry, OpenQuestion, SlotState
from services.intake.domain.submissions import RawSubmission, SubmissionKind, usable_event_id
from services.intake.usecases.documents import BodyRefused, document_of
from services.intake.usecases.keys import source_of_key
from services.intake.usecases.receive import ReceiveSubmissions
from shared.contracts.event import derived_id
from shared.infra.postgres.database import Database
from shared.reference.slots import Slot


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object that names itself, and its bytes."""

    event_id: str
    body: bytes
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A submission as it was judged, its slot as it stands, and what its sender is asked now."""

    entry: JournalEntry
    slot: SlotState | None = None
    questions: Sequence[OpenQuestion] = ()


class Door:
    """Receives over HTTP; every answer is given after the commit, whether Kafka is there or not."""

    def __init__(
        self,
        database: Database,
        receive_submissions: ReceiveSubmissions,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._receive_submissions = receive_submissions
        self._after = after

    async def source(self, key: str) -> str | None:
        """Return whom an API key stands for."""
        async with self._database.connection() as connection:
            return await source_of_key(connection, key)

    async def submit(
        self, source: str, kind: SubmissionKind, bodies: Sequence[bytes]
    ) -> list[SubmissionOutcome | BodyRefused]:
        """Decide on documents in their order; what cannot be identified is refused beside."""
        opened = [_open(body) for body in bodies]
        documents = [it for it in opened if isinstance(it, Document)]
        outcomes = iter(await self._receive(source, kind, documents, None))
        return [it if isinstance(it, BodyRefused) else next(outcomes) for it in opened]

    async def find(self, source: str, event_id: str) -> Found | None:
        """Return what became of a submission, and how its slot stands if it was accepted."""
        journal = self._receive_submissions.journal
        async with self._database.connection() as connection:
            entry = await journal.find(connection, (source, event_id))
            if entry is None:
                return None
            key = _slot_key(entry)
            slot = await journal.slot(connection, key) if key else None
            if key is None or slot is None or not slot.holds(entry.revision):
                return Found(entry, slot)
            return Found(entry, slot, await journal.open_questions(connection, key))

    async def withdraw(self, filled: JournalEntry, reason: str) -> SubmissionOutcome:
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
        outcomes = await self._receive(
            filled.source, SubmissionKind.WITHDRAWAL, [document], filled.revision
        )
        return outcomes[0]

    async def _receive(
        self, source: str, kind: SubmissionKind, documents: Sequence[Document], revision: int | None
    ) -> Sequence[SubmissionOutcome]:
        if not documents:
            return []
        async with self._database.transaction() as connection:
            now = await self._receive_submissions.journal.enter(connection)
            submissions = [_arrived(source, kind, it, now, revision) for it in documents]
            outcomes = await self._receive_submissions.receive(connection, submissions)
        self._after()
        return outcomes


def _open(body: bytes) -> Document | BodyRefused:
    try:
        content = document_of(body)
    except BodyRefused as refusal:
        return refusal
    event_id = usable_event_id(content)
    return Document(event_id, body, content) if event_id else BodyRefused(422, "missing_event_id")


def _arrived(
    source: str, kind: SubmissionKind, document: Document, now: datetime, revision: int | None
) -> RawSubmission:
    return RawSubmission(
        source=source,
        kind=kind,
        event_id=document.event_id,
        document=document.content,
        body=document.body,
        received_at=now,
        time_required=False,
        revision=revision,
    )


def _slot_key(entry: JournalEntry) -> Slot | None:
    """Name the slot that an entry is about; a handover fills none."""
    if entry.kind is SubmissionKind.HANDOVER:
        return None
    if entry.unit is None or entry.form is None or entry.period is None:
        return None
    return Slot(entry.unit, entry.form, entry.period)
