"""
The facts that change while the services run: units, committees, rules of deadlines, the calendar.

``qcdc.directory.v1`` is compacted: each entity is told whole, under its own key, and the newest
record of a key is the entity as it was last told. Nothing of it counts before ``DirectoryRevised``.
See ``docs/decisions/0005-directory-topic.md``.
"""

import operator
from abc import abstractmethod
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import Event
from shared.contracts.values import (
    FormCode,
    Instant,
    Name,
    NonNegativeInt32,
    PeriodCode,
    PositiveInt32,
    Text,
    UnitKey,
)

REVISION_KEY = "revision"
"""Key of ``DirectoryRevised``; every other key names an entity: ``unit/13285.2``."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class EntityRecorded(Event):
    """What every event has that tells one entity whole."""

    @property
    @abstractmethod
    def entity(self) -> str:
        """The key of the entity on the topic."""


class UnitState(_Part):
    """A unit between two days, both included; null is open on that side."""

    official_code: Name
    type: Name
    name: Text
    parent: UnitKey | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class Predecessor(_Part):
    """A unit whose whole or part has gone into this one; ``decision`` is empty where not known."""

    unit: UnitKey
    kind: Literal["whole", "part"]
    effective_on: date
    decision: Text = ""
    verified: bool


class UnitRecorded(EntityRecorded):
    """
    A unit as the directory knows it: its states in time, and the units that it came from.

    Before ``known_from`` nobody knows whether it, and what lies below it, was as it is told here.
    """

    unit: UnitKey
    level: Name
    states: Annotated[tuple[UnitState, ...], Field(min_length=1)]
    predecessors: tuple[Predecessor, ...] = ()
    known_from: date | None = Field(default=None, exclude_if=operator.not_)

    @property
    def entity(self) -> str:
        """The key of the entity on the topic."""
        return f"unit/{self.unit}"


class CommitteeContact(_Part):
    """A person with an e-mail address, between two days; ``position`` is the office held."""

    name: Text
    role: Name
    email: Text
    position: Text = Field(default="", exclude_if=operator.not_)
    valid_from: date | None = None
    valid_to: date | None = None


class CommitteeRole(_Part):
    """Who holds a role between two days, and by which decision."""

    role: Name
    name: Text
    email: Text = ""
    position: Text = Field(default="", exclude_if=operator.not_)
    valid_from: date | None = None
    valid_to: date | None = None
    decision: Text = ""


class StandingAgency(_Part):
    """The agency that does a committee's daily work, between two days."""

    name: Text
    valid_from: date | None = None
    valid_to: date | None = None


class CommitteeEnquiries(_Part):
    """Whom a reader of the committee's letters may ask, as it is today."""

    name: Text = ""
    phone: Text = ""
    email: Text = ""


class LetterDemand(_Part):
    """
    A letter that asks for a form for a period.

    Its date is ``due_at``, or ``deadline`` in the letter's own words, or none.
    """

    form: FormCode
    period: PeriodCode
    due_at: Instant | None = None
    deadline: Text | None = None
    document: Text


class LetterExtension(LetterDemand):
    """A letter that grants more time, to the units it names or to the committee's whole area."""

    units: tuple[UnitKey, ...] = ()


class FormMandate(_Part):
    """
    An act by which further units of the committee's area owe a form, between two days.

    Those of ``levels``, of these ``types`` only where types are named, and the ``units`` named.
    """

    form: FormCode
    levels: tuple[Name, ...] = ()
    types: tuple[Name, ...] = ()
    units: tuple[UnitKey, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    document: Text


class CommitteeRecorded(EntityRecorded):
    """
    A steering committee: the area in its care, its people, and the letters that it wrote.

    What was due before ``in_use_from`` is history entered after the fact: neither in time nor late.
    """

    key: Name
    name_vi: Text
    area: UnitKey
    programmes: tuple[Name, ...] = ()
    letter_style: Name
    contacts: tuple[CommitteeContact, ...] = ()
    roles: tuple[CommitteeRole, ...] = ()
    standing_agencies: tuple[StandingAgency, ...] = ()
    demands: tuple[LetterDemand, ...] = ()
    extensions: tuple[LetterExtension, ...] = ()
    mandates: tuple[FormMandate, ...] = Field(default=(), exclude_if=operator.not_)
    enquiries: CommitteeEnquiries | None = Field(default=None, exclude_if=operator.not_)
    how_to_send: Text = Field(default="", exclude_if=operator.not_)
    in_use_from: date | None = Field(default=None, exclude_if=operator.not_)
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def entity(self) -> str:
        """The key of the entity on the topic."""
        return f"committee/{self.key}"


class RegimeRule(_Part):
    """A rule that makes reports of periods due; ``hour`` is a time of day in Vietnam."""

    code: Name
    level: Name | None = None
    working_days_after_close: PositiveInt32
    hour: Name
    valid_from: date | None = None
    valid_to: date | None = None
    source: Text
    state: Literal["law", "custom", "default"]


class RegimeStage(_Part):
    """A window that comes once, both days included, and what people call it."""

    first: date
    last: date
    label: Text


class RegimeYear(_Part):
    """
    A window of every year, between two days written month first: "11-16" to "11-15".

    When ``first`` stands behind ``last``, it lies in the year before. ``{year}`` in the label is
    the year of the last day, which lies between ``valid_from`` and ``valid_to``.
    """

    first: Name
    last: Name
    label: Text
    valid_from: date | None = None
    valid_to: date | None = None


class RegimePublished(EntityRecorded):
    """
    A reporting regime and every rule of deadlines that it has had.

    ``nd09`` and ``cal`` cut the year for everybody. Another regime is a committee's own: it holds
    in its ``area`` (the whole country without one) for the windows that it lists, and for the
    ``forms`` that it names, or all that are reported for years. Its reports are owed where it is
    ``obligatory``, else only where a letter asks for them.
    """

    code: Name
    label_vi: Text | None = None
    rules: tuple[RegimeRule, ...]
    area: UnitKey | None = Field(default=None, exclude_if=operator.not_)
    obligatory: bool = Field(default=False, exclude_if=operator.not_)
    forms: tuple[FormCode, ...] = Field(default=(), exclude_if=operator.not_)
    yearly: tuple[RegimeYear, ...] = Field(default=(), exclude_if=operator.not_)
    stages: tuple[RegimeStage, ...] = Field(default=(), exclude_if=operator.not_)

    @property
    def entity(self) -> str:
        """The key of the entity on the topic."""
        return f"regime/{self.code}"


class CalendarRevised(EntityRecorded):
    """
    The working days of the public sector, worked out: nothing is left to a reader's own table.

    Between ``first`` and ``last``: Monday to Friday, less ``days_off``, plus ``days_worked``.
    """

    first: date
    last: date
    days_off: tuple[date, ...]
    days_worked: tuple[date, ...]

    @property
    def entity(self) -> str:
        """The key of the entity on the topic."""
        return "calendar"


class DirectoryRevised(Event):
    """
    What was told before this is in force from here on, all of it at once.

    ``entities`` and ``checksum`` say what a reader must hold; whoever holds something else has
    missed a record, or read half of another publication, and keeps what it had. ``base`` is the
    revision that the publisher had before its eyes, 0 when there was none.
    """

    revision: PositiveInt32
    base: NonNegativeInt32
    entities: NonNegativeInt32
    checksum: Text
    document: Text
