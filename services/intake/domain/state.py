"""The state that intake keeps: slots, handovers, the journal's entries, questions to senders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from services.intake.domain.submissions import SubmissionKind
from shared.contracts.reports import Finding
from shared.reference.slots import Slot

SubmissionVerdict = Literal["accepted", "rejected", "parked"]
"""Parked is no verdict yet; no line of the journal has it."""
CauseKind = Literal["report", "handover"]


class ReportSeries(NamedTuple):
    """All reports of a unit by one form: what must hold still while one of them is judged."""

    unit: str
    form: str


class HandoverKey(NamedTuple):
    """What a unit starts with after one redrawing, by one form."""

    unit: str
    form: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class SlotState:
    """
    What a slot holds now.

    ``figures_hash`` is None while it holds nothing: never filled, or withdrawn. ``on_time`` was
    judged once, when the slot was first filled, and stays with every correction; None in a slot
    that is filled is history entered after the fact, which is neither. ``backlog`` is
    what arose less what was settled, ``carried_in`` what it states as open at the start (R5).
    ``figures`` are its exact figures in the order of the cells of ``form_version``; what is not
    reported, or "more than" a number, is None. ``source`` and ``event_id`` name the submission that
    filled it, and ``content_revision`` is the revision at which it was filled or emptied: judging
    its lateness again makes a revision, but no other content.
    """

    key: Slot
    revision: int = 0
    figures_hash: bytes | None = None
    first_received_at: datetime | None = None
    due_at: datetime | None = None
    deadline_rule: str | None = None
    on_time: bool | None = None
    backlog: int = 0
    carried_in: int | None = None
    figures: tuple[int | None, ...] | None = None
    form_version: int | None = None
    source: str | None = None
    event_id: str | None = None
    content_revision: int = 0

    @property
    def filled(self) -> bool:
        """Whether it holds a report."""
        return self.figures_hash is not None

    def holds(self, revision: int | None) -> bool:
        """Tell whether what a revision stated is what the slot holds now."""
        if not self.filled or revision is None:
            return False
        return self.content_revision <= revision <= self.revision


@dataclass(frozen=True, slots=True)
class Handover:
    """
    The opening stocks of a unit after a redrawing, in the smallest units, as last recorded.

    ``from_areas`` is how much of them came from areas that ended without a successor.
    """

    key: HandoverKey
    period: str
    revision: int
    decision: str
    openings: Mapping[str, int | None]
    from_areas: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def received(self, cell: str) -> int:
        """Return how much of an opening came from areas that ended."""
        return sum(it.get(cell, 0) for it in self.from_areas.values())


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """
    A report in force no longer agrees with another one that has changed since.

    It is open as long as both stand as they do here, by their content.
    """

    key: Slot
    revision: int
    content_revision: int
    source: str
    submission_id: str
    cause_kind: CauseKind
    cause: Slot
    cause_revision: int
    findings: tuple[Finding, ...]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """
    One line of the journal: a submission, its verdict, and all that its receipt says.

    A receipt is rebuilt from it, byte for byte, whenever the same submission comes again.
    """

    source: str
    event_id: str
    content_hash: bytes
    kind: SubmissionKind
    body: bytes
    received_at: datetime
    verdict: SubmissionVerdict
    findings: tuple[Finding, ...]
    unit: str | None
    form: str | None
    period: str | None
    unchanged: bool = False
    revision: int | None = None
    form_version: int | None = None
    first_received_at: datetime | None = None
    due_at: datetime | None = None
    deadline_rule: str | None = None
    on_time: bool | None = None
    unit_type: str | None = None
    path: tuple[str, ...] | None = None
    """Type and areas of the unit when it was accepted; None also in entries of older releases."""

    @property
    def backfilled(self) -> bool:
        """Whether it states history entered after the fact, which is neither on time nor late."""
        return self.first_received_at is not None and self.on_time is None


EventKey = tuple[str, str]
"""Source and event id: what a sender calls a submission."""


class ContentKey(NamedTuple):
    """A submission and what it says: sent again it is the same, with other content it is not."""

    source: str
    event_id: str
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class ParkedSubmission:
    """
    A submission that cannot be judged yet.

    ``entry`` is what its sender is answered meanwhile; its only finding says why. ``time_required``
    and ``revision`` are those of the submission, ``detail`` is for operators.
    """

    entry: JournalEntry
    time_required: bool
    revision: int | None = None
    detail: str = ""

    @property
    def key(self) -> ContentKey:
        """What it is known by."""
        return ContentKey(self.entry.source, self.entry.event_id, self.entry.content_hash)

    @property
    def reason(self) -> str:
        """The code of why it is parked."""
        return self.entry.findings[0].code

    @property
    def slot(self) -> Slot:
        """The slot that it is about."""
        entry = self.entry
        return Slot(entry.unit or "", entry.form or "", entry.period or "")
