"""
What accepted revisions change in the ledger.

A slot counts once, at its highest revision. An older or equal revision moves no total, which is
why replay, redelivery and reordering are harmless; an older one that is new is recorded all the
same, so that the history is complete. The history of a slot depends only on which revisions it
has, never on the order in which they were read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reports import Counted, Revision
from services.aggregator.domain.totals import TotalKey, TotalMove, move
from shared.reference.slots import Slot


@dataclass(frozen=True, slots=True)
class SlotContent:
    """The current revision of a slot, and when each of its revisions was accepted."""

    counted: Counted
    accepted: Mapping[int, datetime]


NOTHING = SlotContent(Counted(revision=0, path=(), unit_type="", figures=None), {})


class RecordedRevision(NamedTuple):
    """A new revision; ``superseded_at`` is when the next one was accepted."""

    revision: Revision
    superseded_at: datetime | None


class SupersededRevision(NamedTuple):
    """A revision recorded earlier whose successor has changed."""

    slot: Slot
    revision: int
    superseded_at: datetime


class ProvinceTotal(NamedTuple):
    """A province's total of one form and period, to be announced."""

    province: str
    form: str
    period: str


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """Everything that a batch of revisions changes."""

    recorded: list[RecordedRevision] = field(default_factory=list)
    superseded: list[SupersededRevision] = field(default_factory=list)
    moves: dict[TotalKey, list[TotalMove]] = field(default_factory=lambda: defaultdict(list))
    dirty: set[ProvinceTotal] = field(default_factory=set)


def fold(
    contents: Mapping[Slot, SlotContent], revisions: Iterable[Revision], layouts: Layouts
) -> LedgerChange:
    """Return what *revisions*, in any order and number, change; *contents* are of their slots."""
    received: dict[Slot, list[Revision]] = {}
    for revision in revisions:
        received.setdefault(revision.slot, []).append(revision)
    change = LedgerChange()
    for slot, slot_revisions in received.items():
        _fold_slot(change, slot, contents.get(slot, NOTHING), slot_revisions, layouts)
    return change


def _fold_slot(
    change: LedgerChange,
    slot: Slot,
    before: SlotContent,
    received: Sequence[Revision],
    layouts: Layouts,
) -> None:
    counted, fresh = before.counted, {}
    for revision in received:
        number = revision.counted.revision
        if number > counted.revision:
            counted = revision.counted
            fresh[number] = revision
        elif number not in before.accepted and number not in fresh:
            fresh[number] = revision
    if fresh:
        _chain(change, slot, before.accepted, fresh)
    if counted is not before.counted:
        _move(change, slot, before.counted, -1, layouts)
        _move(change, slot, counted, 1, layouts)


def _chain(
    change: LedgerChange,
    slot: Slot,
    accepted: Mapping[int, datetime],
    fresh: Mapping[int, Revision],
) -> None:
    """Each revision is superseded when the next higher one was accepted; the highest is current."""
    for number, successor in _successors(accepted, fresh):
        at = None if successor is None else _accepted_at(successor, accepted, fresh)
        if number in fresh:
            change.recorded.append(RecordedRevision(fresh[number], at))
        elif at is not None and successor in fresh:
            change.superseded.append(SupersededRevision(slot, number, at))


def _successors(
    accepted: Mapping[int, datetime], fresh: Mapping[int, Revision]
) -> Iterator[tuple[int, int | None]]:
    numbers = sorted(accepted.keys() | fresh.keys())
    yield from pairwise(numbers)
    yield numbers[-1], None


def _accepted_at(
    number: int, accepted: Mapping[int, datetime], fresh: Mapping[int, Revision]
) -> datetime:
    return fresh[number].accepted_at if number in fresh else accepted[number]


def _move(change: LedgerChange, slot: Slot, counted: Counted, sign: int, layouts: Layouts) -> None:
    """Add a report to the totals of every area in its path, or take it from them."""
    if counted.figures is None:
        return
    total_move = move(slot, counted, sign, layouts.require(slot.form, slot.period))
    for area in counted.path:
        change.moves[TotalKey(slot.form, slot.period, area, counted.unit_type)].append(total_move)
    change.dirty.add(ProvinceTotal(counted.province, slot.form, slot.period))
