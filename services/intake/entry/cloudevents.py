"""
CloudEvents over HTTP: the headers are honoured, what is not taken is refused by name.

A request that carries ``ce-`` headers says which event its body is (binary mode). It is taken only
as that event: a withdrawal whose headers nobody reads would be counted as a report.
The other two ways, structured and batched, wrap the event in JSON of their own and are not taken.
"""

from collections.abc import Mapping

from services.intake.domain.submissions import SentDocument, SubmissionKind
from services.intake.domain.violations import Messages, printable
from services.intake.entry.bodies import BodyRefused, OpenedBody
from shared.contracts.reports import HandoverSubmitted, ReportSubmitted
from shared.infra.web.problems import Problem

TAKEN = {
    SubmissionKind.SUBMISSION: ReportSubmitted.type_name(),
    SubmissionKind.HANDOVER: HandoverSubmitted.type_name(),
}
"""Which event each address takes."""

VERSION = "1.0"
_WRAPPED = "application/cloudevents"


def check_headers(headers: Mapping[str, str], kind: SubmissionKind, messages: Messages) -> None:
    """Raise Problem (415) for an event that this address does not take, before its body is read."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type.startswith(_WRAPPED):
        raise _refusal(415, "wrapped_event", messages, found=media_type, taken=TAKEN[kind])
    if not _is_event(headers):
        return
    if headers.get("ce-type") != TAKEN[kind]:
        found = headers.get("ce-type", "")
        raise _refusal(415, "event_type_not_taken", messages, found=found, taken=TAKEN[kind])
    if headers.get("ce-specversion", VERSION) != VERSION:
        found = headers["ce-specversion"]
        raise _refusal(415, "event_version_not_taken", messages, found=found, taken=VERSION)


def check_body(
    headers: Mapping[str, str], source: str, body: OpenedBody, messages: Messages
) -> None:
    """Raise Problem (400) unless the body is the one event that the headers announce."""
    if not _is_event(headers):
        return
    if body.several:
        raise _refusal(400, "event_headers_of_array", messages)
    (document,) = body.documents
    if isinstance(document, BodyRefused):
        return  # it has a refusal of its own
    _check_identity(headers, source, document, messages)


def _check_identity(
    headers: Mapping[str, str], source: str, document: SentDocument, messages: Messages
) -> None:
    claimed_id, claimed_source = headers.get("ce-id", ""), headers.get("ce-source", source)
    if claimed_id != document.event_id:
        values = {"header": claimed_id, "body": document.event_id}
        raise _refusal(400, "event_id_mismatch", messages, **values)
    if claimed_source.rpartition("/")[2] != source:
        values = {"claimed": claimed_source, "source": source}
        raise _refusal(400, "source_mismatch", messages, **values)


def _is_event(headers: Mapping[str, str]) -> bool:
    return any(name in headers for name in ("ce-type", "ce-id", "ce-source", "ce-specversion"))


def _refusal(status: int, code: str, messages: Messages, **values: str) -> Problem:
    shown = {name: printable(value) for name, value in values.items()}
    return Problem(status, code, messages[code].format(**shown))
