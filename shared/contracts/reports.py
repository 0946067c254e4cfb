"""
Events in the life of one report: from what a unit sends to what counts.

A field that came later and is empty stays off the wire, so that old messages keep their bytes.
"""

import operator
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import Event
from shared.contracts.values import (
    EntryUnits,
    EventId,
    Figures,
    FiguresByUnit,
    FormCode,
    Instant,
    Name,
    Note,
    PeriodCode,
    PositiveInt32,
    Qualifiers,
    Severity,
    SourceName,
    Text,
    UnitKey,
)

Document = Annotated[Text, Field(max_length=2000)]


class ReportSubmitted(Event):
    """
    A unit sends the figures of one form for one period; nothing has been checked yet.

    ``occurred_at`` is the sender's clock: evidence, never the verdict on lateness.
    ``source`` may repeat who sends; it must then agree with the topic or the API key.
    ``entered_in`` names the unit of an amount that is not sent in m² or đồng.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")  # a misspelt field is a lost figure

    source: SourceName | None = None
    unit: UnitKey
    form: FormCode
    period: PeriodCode
    figures: Figures
    qualifiers: Qualifiers = Field(default_factory=dict)
    entered_in: EntryUnits = Field(default_factory=dict, exclude_if=operator.not_)
    note: Note | None = None


class ReportWithdrawalRequested(Event):
    """A unit takes back what it sent for a slot; the slot then counts nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: SourceName | None = None
    unit: UnitKey
    form: FormCode
    period: PeriodCode
    reason: Note


class HandoverSubmitted(Event):
    """
    What a unit starts with after a reform, as the record of the handover states it.

    ``period`` is the first that the record opens: it holds ``effective_on``, or begins on it.
    The openings of all successors must sum to what their predecessors closed with, and what they
    received ``from_areas``: districts above the predecessors that ended without a successor. It
    states, by area, how much of ``openings`` came from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: SourceName | None = None
    unit: UnitKey
    form: FormCode
    period: PeriodCode
    effective_on: date
    decision: Note = Field(min_length=1)
    openings: Figures
    from_areas: FiguresByUnit = Field(default_factory=dict, exclude_if=operator.not_)


class Finding(BaseModel):
    """One thing that a rule has to say about a submission, in words for the sender."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    field: str
    severity: Severity
    message: str


class SubmissionAccepted(Event):
    """
    The receipt of a submission that counts, with any warnings.

    ``unchanged`` tells that the slot already held the same figures, so no revision was made.
    """

    submission_id: EventId
    source: SourceName
    unit: UnitKey
    form: FormCode
    period: PeriodCode
    revision: PositiveInt32
    unchanged: bool = False
    received_at: Instant
    findings: tuple[Finding, ...] = ()


class SubmissionRejected(Event):
    """The receipt of a submission that does not count, with every reason at once."""

    submission_id: EventId
    source: SourceName
    unit: str | None = None
    form: str | None = None
    period: str | None = None
    received_at: Instant
    findings: tuple[Finding, ...]


class SubmissionParked(Event):
    """
    The receipt of a submission that cannot be judged yet, by no fault of its sender.

    ``findings`` say why. The receipt that decides follows by itself, with the same ``received_at``.
    """

    submission_id: EventId
    source: SourceName
    unit: str | None = None
    form: str | None = None
    period: str | None = None
    received_at: Instant
    findings: tuple[Finding, ...]


class Cause(BaseModel):
    """The revision of another report, or of a handover, that raised a question."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    unit: UnitKey
    form: FormCode
    period: PeriodCode
    revision: PositiveInt32


class ReportQuestioned(Event):
    """
    An accepted report no longer agrees with another one that has changed since.

    It keeps counting; whoever sent it is asked to look at it again.
    """

    submission_id: EventId
    source: SourceName
    unit: UnitKey
    form: FormCode
    period: PeriodCode
    revision: PositiveInt32
    cause: Cause
    findings: tuple[Finding, ...]


class ReportAccepted(Event):
    """
    A unit's figures for a slot passed every rule and count from now on.

    ``path`` holds the units whose totals they enter, the province in force for the period last.
    ``on_time`` was judged once, at ``first_received_at``, by ``deadline_rule``; only the document
    named by ``rejudged`` may have it judged again. ``backfilled`` tells that no punctuality is
    asked of it: it was due before anybody of its area could report here. ``figures`` are in m² and
    đồng, whatever the unit that ``entered_in`` remembers.
    """

    source: SourceName
    submission_id: EventId
    unit: UnitKey
    unit_type: Name
    path: tuple[UnitKey, ...] = Field(min_length=1)
    form: FormCode
    form_version: PositiveInt32
    period: PeriodCode
    revision: PositiveInt32
    figures: Figures
    qualifiers: Qualifiers = Field(default_factory=dict)
    entered_in: EntryUnits = Field(default_factory=dict, exclude_if=operator.not_)
    received_at: Instant
    first_received_at: Instant
    due_at: Instant
    deadline_rule: Text
    on_time: bool
    backfilled: bool = Field(default=False, exclude_if=operator.not_)
    rejudged: Document | None = Field(default=None, exclude_if=operator.not_)

    @property
    def province(self) -> str:
        """The province in force for the period: the key of the event on Kafka."""
        return self.path[-1]


class ReportWithdrawn(Event):
    """A slot counts nothing from now on; a later revision may fill it again."""

    source: SourceName
    submission_id: EventId
    unit: UnitKey
    unit_type: Name
    path: tuple[UnitKey, ...] = Field(min_length=1)
    form: FormCode
    form_version: PositiveInt32
    period: PeriodCode
    revision: PositiveInt32
    reason: Note
    received_at: Instant

    @property
    def province(self) -> str:
        """The province in force for the period: the key of the event on Kafka."""
        return self.path[-1]
