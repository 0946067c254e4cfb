"""
What accepted revisions change in the ledger.

A slot counts once, at its highest revision. An older or equal revision moves no total, which is
why replay, redelivery and reordering are harmless; an older one that was never seen is still
kept, so that history is whole. A slot's history depends only on which revisions there
are, never on the order in which they came.
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
    """What the ledger holds of one slot: what counts, and when each revision was accepted."""

    counted: Counted
    accepted: Mapping[int, datetime]


NOTHING = SlotContent(Counted(revision=0, path=(), unit_type="", figures=None), {})


class RecordedRevision(NamedTuple):
    """A revision to write down; ``superseded_at`` is when the next one was accepted."""

    revision: Revision
    superseded_at: datetime | None


class SupersededRevision(NamedTuple):
    """A revision already written down whose successor has changed."""

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

    entries: list[RecordedRevision] = field(default_factory=list)
    marks: list[SupersededRevision] = field(default_factory=list)
    moves: dict[TotalKey, list[TotalMove]] = field(default_factory=lambda: defaultdict(list))
    dirty: set[ProvinceTotal] = field(default_factory=set)


def fold(
    held: Mapping[Slot, SlotContent], revisions: Iterable[Revision], layouts: Layouts
) -> LedgerChange:
    """Return what *revisions*, in any order and number, change in a ledger that holds *held*."""
    received: dict[Slot, list[Revision]] = {}
    for revision in revisions:
        received.setdefault(revision.slot, []).append(revision)
    change = LedgerChange()
    for slot, slot_revisions in received.items():
        _fold_slot(change, slot, held.get(slot, NOTHING), slot_revisions, layouts)
    return change


def _fold_slot(
    change: LedgerChange,
    slot: Slot,
    held: SlotContent,
    received: Sequence[Revision],
    layouts: Layouts,
) -> None:
    counted, fresh = held.counted, {}
    for revision in received:
        number = revision.counted.revision
        if number > counted.revision:
            counted = revision.counted
            fresh[number] = revision
        elif number not in held.accepted and number not in fresh:
            fresh[number] = revision
    if fresh:
        _chain(change, slot, held.accepted, fresh)
    if counted is not held.counted:
        _move(change, slot, held.counted, -1, layouts)
        _move(change, slot, counted, 1, layouts)


def _chain(
    change: LedgerChange,
    slot: Slot,
    accepted: Mapping[int, datetime],
    fresh: Mapping[int, Revision],
) -> None:
    """Let each revision end when the next higher one was accepted; the highest has not ended."""
    for number, successor in _successors(accepted, fresh):
        at = None if successor is None else _accepted_at(successor, accepted, fresh)
        if number in fresh:
            change.entries.append(RecordedRevision(fresh[number], at))
        elif at is not None and successor in fresh:
            change.marks.append(SupersededRevision(slot, number, at))


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
    """Let a report enter or leave the totals of every area in its path."""
    if counted.figures is None:
        return
    its_move = move(slot, counted, sign, layouts.known(slot.form, slot.period))
    for area in counted.path:
        change.moves[TotalKey(slot.form, slot.period, area, counted.unit_type)].append(its_move)
    change.dirty.add(ProvinceTotal(counted.province, slot.form, slot.period))
