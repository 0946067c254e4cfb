"""Find a submission: its verdict, the state of its slot, what its sender is asked now."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.domain.state import EventKey, JournalEntry, OpenQuestion, SlotState
from services.intake.domain.submissions import SubmissionKind
from services.intake.store import parked
from services.intake.store.postgres import Journal
from shared.infra.postgres.database import Database
from shared.reference.slots import Slot


@dataclass(frozen=True, slots=True)
class FoundSubmission:
    """A submission as it was judged or parked, the state of its slot, the questions about it."""

    entry: JournalEntry
    slot: SlotState | None = None
    questions: Sequence[OpenQuestion] = ()


class FindSubmission:
    """Reads the journal and what is parked without locking anything."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def __call__(self, key: EventKey) -> FoundSubmission | None:
        """Return the first submission under an event id, None when there is none."""
        async with self._database.connection() as connection:
            waiting = await parked.find(connection, key)
            if waiting is not None:
                return FoundSubmission(waiting.entry)
            entry = await self._journal.find(connection, key)
            if entry is None:
                return None
            slot = _slot(entry)
            state = await self._journal.slot(connection, slot) if slot else None
            if slot is None or state is None or not state.holds(entry.revision):
                return FoundSubmission(entry, state)
            questions = await self._journal.open_questions(connection, slot)
            return FoundSubmission(entry, state, questions)


def _slot(entry: JournalEntry) -> Slot | None:
    """Return the slot that an entry is about; a handover fills none."""
    if entry.kind is SubmissionKind.HANDOVER:
        return None
    if entry.unit is None or entry.form is None or entry.period is None:
        return None
    return Slot(entry.unit, entry.form, entry.period)
