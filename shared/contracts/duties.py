"""Events in the life of a duty: a unit owes a form for a period by a due instant."""

import operator

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import Event
from shared.contracts.values import FormCode, Instant, PeriodCode, SourceName, Text, UnitKey


class DutyEvent(Event):
    """What every event of a duty names."""

    unit: UnitKey
    province: UnitKey
    form: FormCode
    period: PeriodCode


class DutyOpened(DutyEvent):
    """A unit has begun to owe a form; ``deadline_rule`` says where ``due_at`` comes from."""

    due_at: Instant
    deadline_rule: Text


class DutyBecameOverdue(DutyEvent):
    """The due instant passed and every report received before it has been looked at."""

    due_at: Instant


class DutyMet(DutyEvent):
    """
    The report arrived; ``on_time`` is judged by intake's receipt time.

    One that is ``backfilled`` is history entered after the fact, of which no punctuality is asked.
    """

    first_received_at: Instant
    on_time: bool
    backfilled: bool = Field(default=False, exclude_if=operator.not_)


class DutyPostponed(DutyEvent):
    """
    The due instant moved, only ever later; a duty that was overdue is open again.

    ``because`` tells what moved it: ``recomputed`` (the calendar or the rule was revised),
    ``rule``, ``letter`` or ``extension``; ``deadline_rule`` is the rule or document now in force.
    """

    was_due_at: Instant
    due_at: Instant
    deadline_rule: Text
    because: str


class DutyExcused(DutyEvent):
    """
    A unit does not owe what it was thought to owe; ``DutyOpened`` follows if it does after all.

    ``because`` is ``not_owed`` (the unit had ended, or belongs elsewhere), ``not_demanded`` (no
    committee asks for it any more), ``moved`` (it owes the same in another province),
    ``before_use`` (it was due before anybody of the area could report here) or ``units_not_known``
    (the directory knows the units of the area only from a later day).
    """

    because: str


class NoticeSent(Event):
    """One message was taken over by one recipient's channel."""

    notice_id: str
    committee: str
    province: UnitKey
    recipient: str
    channel: str
    message_id: str
    units: tuple[UnitKey, ...]


class HeldUnits(BaseModel):
    """Units whose reports received at or after ``since`` are not all judged; whose topic it is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: SourceName
    units: tuple[UnitKey, ...]
    since: Instant


class IntakeCaughtUp(Event):
    """
    Every submission received before ``watermark`` has been judged and its report published.

    That does not hold for the units in ``held``: of them it holds before their ``since``. A unit
    is held while a record that names it waits behind something that stands.
    Published by intake after all that it vouches for, so that the notifier accuses nobody whose
    report is still on its way. See ``docs/decisions/0002-watermark.md``.
    """

    watermark: Instant
    held: tuple[HeldUnits, ...] = Field(default=(), exclude_if=operator.not_)
