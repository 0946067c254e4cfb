"""Submissions as they were sent, before any check."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

_EVENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,200}")


class SubmissionKind(StrEnum):
    """What a sender may ask for, and what only an operator may: to judge lateness again."""

    SUBMISSION = "submission"
    WITHDRAWAL = "withdrawal"
    HANDOVER = "handover"
    REJUDGEMENT = "rejudgement"


@dataclass(frozen=True, slots=True)
class RawSubmission:
    """
    One JSON object that names itself, who sent it, and when it was received.

    ``source`` is what the topic or the API key says; ``claimed_source`` and ``claimed_id`` are
    what the CloudEvents headers say. ``time_required`` is false for HTTP, where a sender may leave
    ``occurred_at`` out. ``revision`` limits a withdrawal to the revision that the sender means.
    ``parked`` is true for one that was parked and is judged again.
    """

    source: str
    kind: SubmissionKind
    event_id: str
    document: Mapping[str, Any]
    body: bytes
    received_at: datetime
    claimed_source: str | None = None
    claimed_id: str | None = None
    time_required: bool = True
    revision: int | None = None
    parked: bool = False


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A JSON object that names itself, and its bytes."""

    event_id: str
    body: bytes
    content: Mapping[str, Any]


def usable_event_id(document: Mapping[str, Any], claimed_id: str | None = None) -> str | None:
    """Return the identity under which a document can be answered: its own, else the header's."""
    for value in (document.get("event_id"), claimed_id):
        if isinstance(value, str) and _EVENT_ID.fullmatch(value):
            return value
    return None
