"""Journal, slots and handovers as they stand in the middle of a batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.intake.domain.adjoining import Adjoining
from services.intake.domain.history import UNKNOWN, Amounts, Earlier, Handed, History, Row
from services.intake.domain.read_set import carrying, closings
from services.intake.domain.reorganisation import Redrawing
from services.intake.domain.rule_context import Knowledge
from services.intake.domain.state import (
    Dossier,
    Entry,
    EventKey,
    Family,
    Handover,
    HandoverKey,
    Holdings,
    Slot,
    SlotKey,
)
from shared.reference.periods import Period, parse_period


@dataclass(frozen=True, slots=True)
class Base:
    """What the opening of a slot rests on, and on which slots or handover that rests in turn."""

    history: History
    slots: frozenset[SlotKey] = frozenset()
    handover: HandoverKey | None = None


_DAY = timedelta(days=1)
_NO_KEYS = frozenset[SlotKey]()
_NOTHING = Base(UNKNOWN)


class Books:
    """What a batch has found and what it has changed; the order of arrival is all that matters."""

    def __init__(self, holdings: Holdings, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.slots = dict(holdings.slots)
        self.handovers = dict(holdings.handovers)
        self.changed: dict[SlotKey, None] = {}
        self.changed_handovers: dict[HandoverKey, None] = {}
        self.added: list[Entry] = []
        self._entries = dict(holdings.entries)
        self._carried = holdings.carried
        self._moved: dict[Dossier, list[tuple[Period, int]]] = defaultdict(list)

    def known(self, key: EventKey) -> Sequence[Entry]:
        """Return the entries under an event id, oldest first."""
        return self._entries.get(key, ())

    def slot(self, key: SlotKey) -> Slot:
        """Return a slot as it stands."""
        return self.slots.get(key) or Slot(key)

    def enter(self, entry: Entry) -> None:
        """Add a line to the journal."""
        key = entry.source, entry.event_id
        self._entries[key] = (*self.known(key), entry)
        self.added.append(entry)

    def keep(self, slot: Slot) -> None:
        """Change a slot, and remember how that changes what later periods start from."""
        moved = slot.backlog - self.slot(slot.key).backlog
        period, dossier = parse_period(slot.key.period), Dossier(slot.key.unit, slot.key.form)
        if period is not None:  # that a kind of periods is used counts, even if nothing was left
            self._moved[dossier].append((period, moved))
        self.slots[slot.key] = slot
        self.changed[slot.key] = None

    def keep_handover(self, handover: Handover) -> None:
        """Change what a unit was handed over."""
        self.handovers[handover.key] = handover
        self.changed_handovers[handover.key] = None

    def history(self, key: SlotKey) -> History:
        """Return what the unit's other periods say to the report of a slot."""
        frame = self.knowledge.frame(key.form, key.period)
        if frame is None:
            return UNKNOWN
        a_year_before = frame.around.year_before
        then = self.slots.get(SlotKey(key.unit, key.form, a_year_before)) if a_year_before else None
        carried_in = self._carried_in(key) if frame.plan and frame.plan.backlog else 0
        base = self.base(key).history
        if then is None and not carried_in:
            return base
        return History(
            carried_in=carried_in,
            before=base.before,
            handover=base.handover,
            year_before=self.amounts(then) if then else None,
            redrawn_with=base.redrawn_with,
        )

    def base(self, key: SlotKey) -> Base:
        """Return what the opening of a slot rests on."""
        frame = self.knowledge.frame(key.form, key.period)
        if frame is None or frame.plan is None or not frame.plan.continues:
            return _NOTHING
        redrawing = self.knowledge.kinship.redrawing(key.unit, frame.period)
        if redrawing is not None:
            place = HandoverKey(key.unit, key.form, redrawing.effective_on)
            handover = self.handovers.get(place)
            if handover is not None and _speaks_for(handover, frame.period, redrawing):
                handed = Handed(handover.openings, handover.decision, redrawing.effective_on)
                return Base(History(handover=handed), handover=place)
        before, slots = self._before(key, frame.around, redrawing)
        if before is None and redrawing is None:
            return Base(UNKNOWN, slots) if slots else _NOTHING
        others = redrawing.others if redrawing else ()
        return Base(History(before=before, redrawn_with=others), slots)

    def closings(
        self, units: Iterable[str], form: str, around: Adjoining, day: date
    ) -> Sequence[Slot]:
        """Return with what units closed before a day; nothing where they closed on several days."""
        found = [it for unit in units for it in self._closing(unit, form, around, day)]
        days = {min(last_day(it.key), day - _DAY) for it in found}
        return found if len(days) == 1 else ()

    def amounts(self, slot: Slot) -> Amounts | None:
        """Return the exact figures of a slot by cell, None when they are not known."""
        frame = self.knowledge.frame(slot.key.form, slot.key.period)
        if slot.figures is None or frame is None or frame.plan is None:
            return None
        form = frame.plan.form
        if form.version != slot.form_version:
            form = self.knowledge.version(form.code, slot.form_version) or form
        return Row(form.position, slot.figures)

    def _before(
        self, key: SlotKey, around: Adjoining, redrawing: Redrawing | None
    ) -> tuple[Earlier | None, frozenset[SlotKey]]:
        """Return the unit's own report of the period before, else the sum of its predecessors'."""
        for code in around.preceding:
            slot = self.slots.get(SlotKey(key.unit, key.form, code))
            if slot is not None and slot.filled:
                amounts = self.amounts(slot)
                before = None if amounts is None else Earlier(code, amounts)
                return before, frozenset((slot.key,))
        if redrawing is None or redrawing.others or not redrawing.wholes:
            return None, _NO_KEYS
        found = self.closings(redrawing.wholes, key.form, around, redrawing.effective_on)
        keys = frozenset(it.key for it in found)
        amounts_of_all = [self.amounts(it) for it in found]
        known = [it for it in amounts_of_all if it is not None]
        if len(known) < len(redrawing.wholes):
            return None, keys
        latest = max(found, key=lambda it: last_day(it.key))
        return Earlier(latest.key.period, _sums(known), redrawing.wholes), keys

    def _closing(self, unit: str, form: str, around: Adjoining, day: date) -> Iterator[Slot]:
        for key in closings(unit, form, around, day, self.knowledge):
            slot = self.slots.get(key)
            if slot is not None and slot.filled:
                yield slot
                return

    def _carried_in(self, key: SlotKey) -> int:
        """
        Return what the earlier periods of a unit and its predecessors left unsettled.

        Months, quarters and years overlap, so only periods of one kind are added up; of several
        kinds the largest counts, since refusing a true report is worse. Each unit may report by
        kinds of its own.
        """
        families: dict[Family, int] = defaultdict(int, self._carried.get(key, {}))
        for it in carrying(key, self.knowledge) if self._moved else ():
            for earlier, moved in self._moved.get(Dossier(it.unit, key.form), ()):
                if earlier.last_day < it.before:
                    families[it.unit, earlier.regime, earlier.kind] += moved
        largest: dict[str, int] = {}
        for (unit, _, _), backlog in families.items():
            largest[unit] = max(backlog, largest.get(unit, backlog))
        return max(0, sum(largest.values()))


def last_day(key: SlotKey) -> date:
    """Return the last day of the period of a slot."""
    period = parse_period(key.period)
    return date.min if period is None else period.last_day


def _speaks_for(handover: Handover, period: Period, redrawing: Redrawing) -> bool:
    """Tell whether a handover opens a period: a unit that lived on had opened some before it."""
    return (
        redrawing.began
        or period.first_day == redrawing.effective_on
        or period.code == handover.period
    )


def _sums(parts: Sequence[Amounts]) -> dict[str, int | None]:
    """Add up cell by cell; what one part does not state, the sum does not know."""
    sums: dict[str, int | None] = {}
    for cell in set[str]().union(*parts):
        amounts = [part.get(cell) for part in parts]
        stated = [it for it in amounts if it is not None]
        sums[cell] = sum(stated) if len(stated) == len(parts) else None
    return sums
