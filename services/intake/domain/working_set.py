"""Journal, slots and handovers as they stand in the middle of a batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.domain.adjoining import Adjoining
from services.intake.domain.history import (
    NO_HISTORY,
    Amounts,
    FigureRow,
    HandedOver,
    PrecedingReport,
    UnitHistory,
)
from services.intake.domain.read_set import carrying, closings
from services.intake.domain.reorganisation import Reorganisation
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import (
    BacklogKey,
    EventKey,
    Handover,
    HandoverKey,
    JournalEntry,
    LoadedState,
    ReportSeries,
    Slot,
    SlotState,
)
from shared.reference.dates import DAY
from shared.reference.periods import Period, parse_period


@dataclass(frozen=True, slots=True)
class OpeningBasis:
    """What the opening of a slot rests on, and on which slots or handover that rests in turn."""

    history: UnitHistory
    slots: frozenset[Slot] = frozenset()
    handover: HandoverKey | None = None


_NO_KEYS = frozenset[Slot]()
_NOTHING = OpeningBasis(NO_HISTORY)


class WorkingSet:
    """What a batch has found and what it has changed; the order of arrival is all that matters."""

    def __init__(self, holdings: LoadedState, context: RuleContext) -> None:
        self.context = context
        self.slots = dict(holdings.slots)
        self.handovers = dict(holdings.handovers)
        self.changed: dict[Slot, None] = {}
        self.changed_handovers: dict[HandoverKey, None] = {}
        self.added: list[JournalEntry] = []
        self._entries = dict(holdings.entries)
        self._carried = holdings.carried
        self._moved: dict[ReportSeries, list[tuple[Period, int]]] = defaultdict(list)

    def known(self, key: EventKey) -> Sequence[JournalEntry]:
        """Return the entries under an event id, oldest first."""
        return self._entries.get(key, ())

    def slot(self, key: Slot) -> SlotState:
        """Return a slot as it stands."""
        return self.slots.get(key) or SlotState(key)

    def enter(self, entry: JournalEntry) -> None:
        """Add a line to the journal."""
        key = entry.source, entry.event_id
        self._entries[key] = (*self.known(key), entry)
        self.added.append(entry)

    def keep(self, slot: SlotState) -> None:
        """Change a slot, and remember how that changes what later periods start from."""
        moved = slot.backlog - self.slot(slot.key).backlog
        period, series = parse_period(slot.key.period), ReportSeries(slot.key.unit, slot.key.form)
        if period is not None:  # that a kind of periods is used counts, even if nothing was left
            self._moved[series].append((period, moved))
        self.slots[slot.key] = slot
        self.changed[slot.key] = None

    def keep_handover(self, handover: Handover) -> None:
        """Change what a unit was handed over."""
        self.handovers[handover.key] = handover
        self.changed_handovers[handover.key] = None

    def history(self, key: Slot) -> UnitHistory:
        """Return what the unit's other periods say to the report of a slot."""
        period_context = self.context.period_context(key.form, key.period)
        if period_context is None:
            return NO_HISTORY
        a_year_before = period_context.around.year_before
        then = self.slots.get(Slot(key.unit, key.form, a_year_before)) if a_year_before else None
        carried_in = (
            self._carried_in(key)
            if period_context.compiled and period_context.compiled.backlog
            else 0
        )
        base = self.base(key).history
        if then is None and not carried_in:
            return base
        return UnitHistory(
            carried_in=carried_in,
            before=base.before,
            handover=base.handover,
            year_before=self.amounts(then) if then else None,
            reorganised_with=base.reorganised_with,
        )

    def base(self, key: Slot) -> OpeningBasis:
        """Return what the opening of a slot rests on."""
        period_context = self.context.period_context(key.form, key.period)
        if (
            period_context is None
            or period_context.compiled is None
            or not period_context.compiled.continues
        ):
            return _NOTHING
        reorganisation = self.context.reorganisations.reorganisation(
            key.unit, period_context.period
        )
        if reorganisation is not None:
            place = HandoverKey(key.unit, key.form, reorganisation.effective_on)
            handover = self.handovers.get(place)
            if handover is not None and _speaks_for(
                handover, period_context.period, reorganisation
            ):
                handed = HandedOver(
                    handover.openings, handover.decision, reorganisation.effective_on
                )
                return OpeningBasis(UnitHistory(handover=handed), handover=place)
        before, slots = self._before(key, period_context.around, reorganisation)
        if before is None and reorganisation is None:
            return OpeningBasis(NO_HISTORY, slots) if slots else _NOTHING
        others = reorganisation.others if reorganisation else ()
        return OpeningBasis(UnitHistory(before=before, reorganised_with=others), slots)

    def closings(
        self, units: Iterable[str], form: str, around: Adjoining, day: date
    ) -> Sequence[SlotState]:
        """Return with what units closed before a day; nothing where they closed on several days."""
        found = [it for unit in units for it in self._closing(unit, form, around, day)]
        days = {min(last_day(it.key), day - DAY) for it in found}
        return found if len(days) == 1 else ()

    def amounts(self, slot: SlotState) -> Amounts | None:
        """Return the exact figures of a slot by cell, None when they are not known."""
        period_context = self.context.period_context(slot.key.form, slot.key.period)
        if slot.figures is None or period_context is None or period_context.compiled is None:
            return None
        form = period_context.compiled.form
        if form.version != slot.form_version:
            form = self.context.version(form.code, slot.form_version) or form
        return FigureRow(form.position, slot.figures)

    def _before(
        self, key: Slot, around: Adjoining, reorganisation: Reorganisation | None
    ) -> tuple[PrecedingReport | None, frozenset[Slot]]:
        """Return the unit's own report of the period before, else the sum of its predecessors'."""
        for code in around.preceding:
            slot = self.slots.get(Slot(key.unit, key.form, code))
            if slot is not None and slot.filled:
                amounts = self.amounts(slot)
                before = None if amounts is None else PrecedingReport(code, amounts)
                return before, frozenset((slot.key,))
        if reorganisation is None or reorganisation.others or not reorganisation.wholes:
            return None, _NO_KEYS
        found = self.closings(reorganisation.wholes, key.form, around, reorganisation.effective_on)
        keys = frozenset(it.key for it in found)
        amounts_of_all = [self.amounts(it) for it in found]
        known = [it for it in amounts_of_all if it is not None]
        if len(known) < len(reorganisation.wholes):
            return None, keys
        latest = max(found, key=lambda it: last_day(it.key))
        return PrecedingReport(latest.key.period, _sums(known), reorganisation.wholes), keys

    def _closing(self, unit: str, form: str, around: Adjoining, day: date) -> Iterator[SlotState]:
        for key in closings(unit, form, around, day, self.context):
            slot = self.slots.get(key)
            if slot is not None and slot.filled:
                yield slot
                return

    def _carried_in(self, key: Slot) -> int:
        """
        Return what the earlier periods of a unit and its predecessors left unsettled.

        Months, quarters and years overlap, so only periods of one kind are added up; of several
        kinds the largest counts, since refusing a true report is worse. Each unit may report by
        kinds of its own.
        """
        families: dict[BacklogKey, int] = defaultdict(int, self._carried.get(key, {}))
        for it in carrying(key, self.context) if self._moved else ():
            for earlier, moved in self._moved.get(ReportSeries(it.unit, key.form), ()):
                if earlier.last_day < it.before:
                    families[it.unit, earlier.regime, earlier.kind] += moved
        largest: dict[str, int] = {}
        for (unit, _, _), backlog in families.items():
            largest[unit] = max(backlog, largest.get(unit, backlog))
        return max(0, sum(largest.values()))


def last_day(key: Slot) -> date:
    """Return the last day of the period of a slot."""
    period = parse_period(key.period)
    return date.min if period is None else period.last_day


def _speaks_for(handover: Handover, period: Period, reorganisation: Reorganisation) -> bool:
    """Tell whether a handover opens a period: a unit that lived on had opened some before it."""
    return (
        reorganisation.began
        or period.first_day == reorganisation.effective_on
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
