"""Withdraw the report that an accepted submission made."""

import json

from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.state import JournalEntry
from services.intake.domain.submissions import SentDocument, SubmissionKind
from services.intake.usecases.receive_documents import ReceiveDocuments
from shared.contracts.event import derived_id


class WithdrawReport:
    """Turns a request to withdraw into a submission of our own."""

    def __init__(self, receive_documents: ReceiveDocuments) -> None:
        self._receive_documents = receive_documents

    async def __call__(self, accepted: JournalEntry, reason: str) -> SubmissionOutcome:
        """
        Withdraw what *accepted* made, unless a newer report has replaced it.

        The withdrawal's id is derived from the submission and the reason: a repeated request gets
        the first receipt again, and a reason that was refused can be corrected.
        """
        event_id = derived_id(
            "withdrawal", accepted.source, accepted.event_id, accepted.revision, reason
        )
        content = {
            "event_id": event_id,
            "unit": accepted.unit,
            "form": accepted.form,
            "period": accepted.period,
            "reason": reason,
        }
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
        document = SentDocument(event_id, body, content)
        (outcome,) = await self._receive_documents(
            accepted.source, SubmissionKind.WITHDRAWAL, [document], accepted.revision
        )
        return outcome
