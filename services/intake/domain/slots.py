"""The state that intake keeps: one slot per unit, form and period, and the journal's entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from services.intake.domain.arrivals import Kind
from shared.contracts.reports import Finding

Outcome = Literal["accepted", "rejected"]


class SlotKey(NamedTuple):
    """What counts once: a unit's report of a form for a period."""

    unit: str
    form: str
    period: str


@dataclass(frozen=True, slots=True)
class Slot:
    """
    What a slot holds now.

    ``figures_hash`` is None while it holds nothing: never filled, or withdrawn. ``on_time`` was
    judged once, when the slot was first filled, and stays with every correction. ``backlog`` is
    what this report leaves unsettled for later periods (rule R5).
    """

    key: SlotKey
    revision: int = 0
    figures_hash: bytes | None = None
    first_received_at: datetime | None = None
    due_at: datetime | None = None
    deadline_rule: str | None = None
    on_time: bool | None = None
    backlog: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One line of the journal: a submission, its verdict, and all that its receipt says.

    A receipt is rebuilt from it, byte for byte, whenever the same submission comes again.
    """

    source: str
    event_id: str
    content_hash: bytes
    kind: Kind
    body: bytes
    received_at: datetime
    verdict: Outcome
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


EventKey = tuple[str, str]
"""Source and event id: what a sender calls a submission."""

Family = tuple[str, str]
"""Regime and kind: periods that follow one another without overlap."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """
    What journal and slots hold when a batch begins, as far as the batch needs it.

    ``carried`` is what earlier periods left unsettled, per family of periods.
    """

    entries: Mapping[EventKey, tuple[Entry, ...]]
    slots: Mapping[SlotKey, Slot]
    carried: Mapping[SlotKey, Mapping[Family, int]]
