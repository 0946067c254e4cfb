"""
What changed facts do to duties that stand already.

A due instant moves later or not at all: what was granted once cannot make anybody late. Whom the
facts no longer ask is excused. A duty that was met keeps its verdict.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.notifier.domain.duties import (
    Because,
    Changes,
    DueChange,
    Duty,
    Entry,
    Happening,
    Slot,
    State,
    advance,
    tell_excused,
    tell_met,
    tell_opened,
    tell_postponed,
    together,
)
from services.notifier.domain.openings import Opening
from shared.contracts.duties import DutyEvent

NOT_OWED, NOT_DEMANDED, MOVED = "not_owed", "not_demanded", "moved"


@dataclass(frozen=True)
class Wanted:
    """All that the facts ask for, opened or not, and the documents that set dates."""

    duties: Mapping[Slot, Duty]
    letters: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    demanded: frozenset[tuple[str, str]] = frozenset()


def wanted(openings: Iterable[Opening]) -> Wanted:
    """Return what these openings ask for; where two committees ask alike, the later date holds."""
    duties: dict[Slot, Duty] = {}
    letters: set[str] = set()
    extensions: set[str] = set()
    for opening in openings:
        letters |= opening.letters
        extensions |= opening.extensions
        for duty in opening.duties:
            first = duties.setdefault(duty.slot, duty)
            if duty.due_at > first.due_at:
                duties[duty.slot] = duty
    demanded = frozenset((slot.form, slot.period) for slot in duties)
    return Wanted(duties, frozenset(letters), frozenset(extensions), demanded)


def reconcile(entries: Iterable[Entry], obligations: Wanted, at: datetime) -> Changes:
    """Return what the facts change in duties that stand as these entries say."""
    return together(
        _change(entry, entry.duty, obligations, at)
        for entry in entries
        if entry.duty is not None and not agrees(entry.duty, obligations)
    )


def agrees(duty: Duty, obligations: Wanted) -> bool:
    """Tell whether the facts change nothing in a duty."""
    if duty.state is State.MET:
        return True
    wish = obligations.duties.get(duty.slot)
    if wish is None or duty.state is State.EXCUSED:
        return wish is None and duty.state is State.EXCUSED
    asked_alike = (wish.province, wish.committee) == (duty.province, duty.committee)
    return asked_alike and wish.due_at <= duty.due_at


def _change(entry: Entry, duty: Duty, obligations: Wanted, at: datetime) -> Changes:
    wish = obligations.duties.get(duty.slot)
    if wish is None:
        return _excuse(entry, duty, _why(duty, obligations), at)
    if duty.state is State.EXCUSED:
        return _reinstate(entry, duty, wish, obligations, at)
    if wish.province == duty.province:
        return _postpone(entry, duty, wish, obligations, at)
    # Told in both provinces: it ends in the one and begins in the other.
    away = _excuse(entry, duty, MOVED, at)
    back = _reinstate(entry, away.duties[duty.slot], wish, obligations, at)
    return together((away, back))


def _excuse(entry: Entry, duty: Duty, because: str, at: datetime) -> Changes:
    excused = replace(advance(duty, Happening.EXCUSED), turn=duty.turn + 1)
    told = tell_excused(excused, because, _revision(entry), at)
    return Changes(duties={duty.slot: excused}, events=(told,))


def _reinstate(entry: Entry, duty: Duty, wish: Duty, obligations: Wanted, at: datetime) -> Changes:
    moved = _due_change(duty, wish, obligations, at)
    owed = advance(_follow(duty, wish, moved), Happening.REINSTATED)
    events: list[DutyEvent] = [tell_opened(owed, _revision(entry), at)]
    if entry.filing is not None and entry.filing.first_received_at is not None:
        owed = advance(owed, Happening.REPORTED)
        events.append(tell_met(owed, entry.filing, entry.filing.first_received_at, at))
    return Changes({}, {duty.slot: owed}, tuple(events), (moved,) if moved else ())


def _postpone(entry: Entry, duty: Duty, wish: Duty, obligations: Wanted, at: datetime) -> Changes:
    moved = _due_change(duty, wish, obligations, at)
    if moved is None:
        return Changes(duties={duty.slot: replace(duty, committee=wish.committee)})
    later = advance(_follow(duty, wish, moved), Happening.POSTPONED)
    told = tell_postponed(later, moved, _revision(entry))
    return Changes({}, {duty.slot: later}, (told,), (moved,))


def _follow(duty: Duty, wish: Duty, moved: DueChange | None) -> Duty:
    later = replace(duty, due_at=wish.due_at, deadline_rule=wish.deadline_rule) if moved else duty
    return replace(later, province=wish.province, committee=wish.committee)


def _due_change(duty: Duty, wish: Duty, obligations: Wanted, at: datetime) -> DueChange | None:
    if wish.due_at <= duty.due_at:
        return None
    because, document = _because(duty.deadline_rule, wish.deadline_rule, obligations)
    rule = wish.deadline_rule
    return DueChange(duty.slot, duty.due_at, wish.due_at, rule, because, document, at)


def _because(was: str, rule: str, obligations: Wanted) -> tuple[Because, str]:
    if rule in obligations.extensions:
        return Because.EXTENSION, rule
    if rule in obligations.letters:
        return Because.LETTER, rule
    return (Because.RECOMPUTED if rule == was else Because.RULE), ""


def _why(duty: Duty, obligations: Wanted) -> str:
    asked = (duty.slot.form, duty.slot.period) in obligations.demanded
    return NOT_OWED if asked else NOT_DEMANDED


def _revision(entry: Entry) -> int:
    return entry.filing.revision if entry.filing else 0
