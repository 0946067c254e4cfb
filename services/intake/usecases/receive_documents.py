"""Receive documents over HTTP: answered after the commit, whether Kafka is there or not."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.submissions import RawSubmission, SentDocument, SubmissionKind
from services.intake.usecases.receive import ReceiveSubmissions
from shared.infra.postgres.database import Database


class ReceiveDocuments:
    """Receives the documents of one authenticated source in one transaction."""

    def __init__(
        self,
        database: Database,
        receive_submissions: ReceiveSubmissions,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        """Call *after* once a transaction was committed, so that its outbox rows leave at once."""
        self._database = database
        self._receive_submissions = receive_submissions
        self._after = after

    async def __call__(
        self,
        source: str,
        kind: SubmissionKind,
        documents: Sequence[SentDocument],
        revision: int | None = None,
    ) -> Sequence[SubmissionOutcome]:
        """Decide on documents in their order; *revision* limits a withdrawal to that revision."""
        if not documents:
            return []
        async with self._database.transaction() as connection:
            now = await self._receive_submissions.journal.enter(connection)
            submissions = [_raw(source, kind, it, now, revision) for it in documents]
            outcomes = await self._receive_submissions.receive(connection, submissions)
        self._after()
        return outcomes


def _raw(
    source: str, kind: SubmissionKind, document: SentDocument, now: datetime, revision: int | None
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
