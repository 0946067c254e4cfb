"""Events in the life of one report: from what a unit sends to what counts."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PositiveInt

from shared.contracts.event import Event
from shared.contracts.values import (
    EventId,
    Figures,
    FormCode,
    Note,
    PeriodCode,
    Qualifiers,
    Severity,
    SourceName,
    UnitKey,
)


class ReportSubmitted(Event):
    """
    A unit sends the figures of one form for one period; nothing has been checked yet.

    ``occurred_at`` is the sender's clock: evidence, never the verdict on lateness.
    ``source`` may repeat who sends; it must then agree with the topic or the API key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")  # a misspelt field is a lost figure

    source: SourceName | None = None
    unit: UnitKey
    form: FormCode
    period: PeriodCode
    figures: Figures
    qualifiers: Qualifiers = Field(default_factory=dict)
    note: Note | None = None


class ReportWithdrawalRequested(Event):
    """A unit takes back what it sent for a slot; the slot then counts nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: SourceName | None = None
    unit: UnitKey
    form: FormCode
    period: PeriodCode
    reason: Note


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
    revision: PositiveInt
    unchanged: bool = False
    received_at: AwareDatetime
    findings: tuple[Finding, ...] = ()


class SubmissionRejected(Event):
    """The receipt of a submission that does not count, with every reason at once."""

    submission_id: EventId
    source: SourceName
    unit: str | None = None
    form: str | None = None
    period: str | None = None
    received_at: AwareDatetime
    findings: tuple[Finding, ...]


class ReportAccepted(Event):
    """
    A unit's figures for a slot passed every rule and count from now on.

    ``path`` holds the units whose totals they enter, the province in force for the period last.
    ``on_time`` was judged once, at ``first_received_at``, by ``deadline_rule``.
    """

    source: SourceName
    submission_id: EventId
    unit: UnitKey
    unit_type: str
    path: tuple[UnitKey, ...] = Field(min_length=1)
    form: FormCode
    form_version: PositiveInt
    period: PeriodCode
    revision: PositiveInt
    figures: Figures
    qualifiers: Qualifiers = Field(default_factory=dict)
    received_at: AwareDatetime
    first_received_at: AwareDatetime
    due_at: AwareDatetime
    deadline_rule: str
    on_time: bool

    @property
    def province(self) -> str:
        """The province in force for the period: the key of the event on Kafka."""
        return self.path[-1]


class ReportWithdrawn(Event):
    """A slot counts nothing from now on; a later revision may fill it again."""

    source: SourceName
    submission_id: EventId
    unit: UnitKey
    unit_type: str
    path: tuple[UnitKey, ...] = Field(min_length=1)
    form: FormCode
    form_version: PositiveInt
    period: PeriodCode
    revision: PositiveInt
    reason: Note
    received_at: AwareDatetime

    @property
    def province(self) -> str:
        """The province in force for the period: the key of the event on Kafka."""
        return self.path[-1]
