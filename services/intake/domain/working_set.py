"""The journal's state in the middle of a batch: what was loaded, plus this batch's changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeVar

from services.intake.domain.backlogs import HandedCases, PeriodBacklog, open_cases
from services.intake.domain.history import (
    NO_HISTORY,
    Amounts,
    FigureRow,
    HandedOver,
    HistoryPart,
    NestedReport,
    PrecedingReport,
    UnitHistory,
    summed,
)
from services.intake.domain.loaded_state import BacklogQuery, LoadedState
from services.intake.domain.nesting import other_windows
from services.intake.domain.parsing import SubmissionEvent
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.rules import history_read_by
from services.intake.domain.sources import (
    ClosingCandidates,
    OpeningSources,
    backlog_queries,
    opening_sources,
    other_forms,
    speaks_for,
    year_before,
)
from services.intake.domain.state import (
    ContentKey,
    EventKey,
    Handover,
    HandoverKey,
    JournalEntry,
    ParkedSubmission,
    ReportSeries,
    SlotState,
)
from shared.reference.dates import DAY
from shared.reference.periods import parse_period
from shared.reference.slots import Slot


@dataclass(frozen=True, slots=True)
class OpeningBasis:
    """What the opening stocks of a slot rest on: the figures, and the keys that they came from."""

    history: UnitHistory
    slots: frozenset[Slot] = frozenset()
    handover: HandoverKey | None = None


K = TypeVar("K")
V = TypeVar("V")
_NO_KEYS = frozenset[Slot]()
_NOTHING = OpeningBasis(NO_HISTORY)


class WorkingSet:
    """Loaded state plus changes of this batch; results depend on the order of arrival only."""

    def __init__(self, loaded: LoadedState, context: RuleContext) -> None:
        self.context = context
        self.added: list[JournalEntry] = []
        self.newly_parked: dict[ContentKey, ParkedSubmission] = {}
        self.no_longer_parked: list[ContentKey] = []
        self._parked = {it.key: it for it in loaded.parked}
        self._undo: list[Callable[[], object]] = []
        self._loaded = loaded
        self._slots: dict[Slot, SlotState] = {}
        self._handovers: dict[HandoverKey, Handover] = {}
        self._entries: dict[EventKey, tuple[JournalEntry, ...]] = {}
        self._changed_periods: dict[ReportSeries, set[Slot]] = defaultdict(set)

    @property
    def changed_slots(self) -> tuple[SlotState, ...]:
        """The slots that the batch has changed, as they are now."""
        return tuple(self._slots.values())

    @property
    def changed_handovers(self) -> tuple[Handover, ...]:
        """The handovers that the batch has changed, as they are now."""
        return tuple(self._handovers.values())

    def entries_under(self, key: EventKey) -> Sequence[JournalEntry]:
        """Return the entries under an event id, oldest first."""
        return (*self._loaded.entries_under(key), *self._entries.get(key, ()))

    def slot(self, key: Slot) -> SlotState:
        """Return the state of a slot; revision 0 when nothing was ever accepted for it."""
        return self._stored(key) or SlotState(key)

    def is_filled(self, key: Slot) -> bool:
        """Tell whether a slot holds a report."""
        state = self._stored(key)
        return state is not None and state.filled

    def handover(self, key: HandoverKey) -> Handover | None:
        """Return what a unit was handed over on a day, None when nobody has recorded it."""
        return self._handovers.get(key) or self._loaded.handover(key)

    def add(self, entry: JournalEntry) -> None:
        """Append an entry to the journal."""
        key = entry.source, entry.event_id
        self._entries[key] = (*self._entries.get(key, ()), entry)
        self.added.append(entry)

    def change(self, slot: SlotState) -> None:
        """Change a slot."""
        series = ReportSeries(slot.key.unit, slot.key.form)
        self._loaded.require_lock(series)
        self._changed_periods[series].add(slot.key)
        self._put(self._slots, slot.key, slot)

    def change_handover(self, handover: Handover) -> None:
        """Change what a unit was handed over."""
        self._loaded.require_lock(ReportSeries(handover.key.unit, handover.key.form))
        self._put(self._handovers, handover.key, handover)

    def begin(self) -> None:
        """Begin with another submission: ``undo`` goes back to here."""
        self._undo.clear()

    def undo(self) -> None:
        """Take back what was changed for the submission in hand."""
        while self._undo:
            self._undo.pop()()

    def _put(self, changes: dict[K, V], key: K, value: V) -> None:
        before = changes.get(key)
        changes[key] = value
        self._undo.append(
            partial(changes.pop, key) if before is None else partial(changes.update, {key: before})
        )

    def parked_under(self, key: EventKey) -> Sequence[ParkedSubmission]:
        """Return what is parked under an event id, oldest first."""
        return [it for it in self._parked.values() if it.key[:2] == key]

    def parked_for(self, slot: Slot) -> ParkedSubmission | None:
        """Return the oldest submission that is parked for a slot."""
        self._loaded.require_parked(slot)
        return next((it for it in self._parked.values() if it.slot == slot), None)

    def park(self, submission: ParkedSubmission) -> None:
        """Keep a submission until it can be judged; one that is parked already keeps its turn."""
        self._parked[submission.key] = self.newly_parked[submission.key] = submission

    def unpark(self, key: ContentKey) -> None:
        """Note that a submission has its verdict."""
        if self._parked.pop(key, None) is not None:
            self.no_longer_parked.append(key)

    def history(self, report: SubmissionEvent) -> UnitHistory:
        """Return what the rules read beside a report; nothing for an unknown unit or period."""
        parts = history_read_by(report)
        if not parts or not self.context.is_slot(report.unit, report.form, report.period):
            return NO_HISTORY
        slot = Slot(report.unit, report.form, report.period)
        carried_in = self._carried_in(slot) if HistoryPart.BACKLOG in parts else None
        opening = self.opening(slot).history if HistoryPart.OPENING in parts else NO_HISTORY
        then = year_before(slot, self.context) if HistoryPart.YEAR_BEFORE in parts else None
        earlier = self._stored(then) if then else None
        amounts = self.amounts(earlier) if earlier else None
        others = self._other_forms(slot) if HistoryPart.OTHER_FORMS in parts else {}
        nested = self._nested(slot) if HistoryPart.NESTED in parts else ()
        if amounts is None and carried_in is None and not others and not nested:
            return opening
        known = replace(opening, carried_in=carried_in, year_before=amounts, other_forms=others)
        return replace(known, nested=nested)

    def opening(self, slot: Slot) -> OpeningBasis:
        """Return what the opening stocks of a slot rest on."""
        sources = opening_sources(slot, self.context)
        period = parse_period(slot.period)
        if sources is None or period is None:
            return _NOTHING
        reorganisation = sources.reorganisation
        if reorganisation is not None and sources.handover is not None:
            handover = self.handover(sources.handover)
            if handover is not None and speaks_for(handover, period, reorganisation):
                openings = handover.openings
                stated = HandedOver(openings, handover.decision, reorganisation.effective_on)
                return OpeningBasis(UnitHistory(handover=stated), handover=sources.handover)
        before, slots = self._before(sources)
        if before is None and reorganisation is None:
            return OpeningBasis(NO_HISTORY, slots) if slots else _NOTHING
        others = reorganisation.others if reorganisation else ()
        areas = sources.ended_areas if before is not None else ()
        history = UnitHistory(before=before, reorganised_with=others, ended_areas=areas)
        return OpeningBasis(history, slots)

    def closings(self, units: Iterable[ClosingCandidates], day: date) -> Sequence[SlotState]:
        """
        Return the reports that units closed with before a day, one for each that has any.

        Empty when they closed on different days: such stocks cannot be added.
        """
        closing = [it for candidates in units for it in self._first_filled(candidates)]
        days = {min(last_day(it.key), day - DAY) for it in closing}
        return closing if len(days) == 1 else ()

    def amounts(self, slot: SlotState) -> Amounts | None:
        """Return the exact figures of a slot by cell, None when they are not known."""
        period_context = self.context.period_context(slot.key.form, slot.key.period)
        if slot.figures is None or period_context is None or period_context.compiled is None:
            return None
        form = period_context.compiled.form
        if form.version != slot.form_version:
            stated_by = self.context.compiled_version(form.code, slot.form_version)
            form = stated_by.form if stated_by else form
        return FigureRow(form.position, slot.figures)

    def _before(self, sources: OpeningSources) -> tuple[PrecedingReport | None, frozenset[Slot]]:
        """Return the unit's own report of the period before, else the sum of its predecessors'."""
        for own in self._first_filled(sources.preceding):
            amounts = self.amounts(own)
            before = None if amounts is None else PrecedingReport(own.key.period, amounts)
            return before, frozenset((own.key,))
        reorganisation, merged = sources.reorganisation, sources.predecessors
        if reorganisation is None or not merged:
            return None, _NO_KEYS
        closing = self.closings(merged, reorganisation.effective_on)
        keys = frozenset(it.key for it in closing)
        stated = [it for it in map(self.amounts, closing) if it is not None]
        if len(stated) < len(merged):
            return None, keys
        latest = max(closing, key=lambda it: last_day(it.key))
        return PrecedingReport(latest.key.period, summed(stated), reorganisation.wholes), keys

    def _first_filled(self, candidates: Iterable[Slot]) -> Iterator[SlotState]:
        """Yield the first filled slot among candidates, nothing when none is filled."""
        for key in candidates:
            state = self._stored(key)
            if state is not None and state.filled:
                yield state
                return

    def _other_forms(self, slot: Slot) -> Mapping[str, Amounts]:
        """Return the unit's reports of the period on forms that ask for the same figures."""
        stored = map(self._stored, other_forms(slot, self.context))
        amounts = {it.key.form: self.amounts(it) for it in stored if it is not None and it.filled}
        return {form: it for form, it in amounts.items() if it is not None}

    def _nested(self, slot: Slot) -> tuple[NestedReport, ...]:
        """Return the unit's reports of windows that may hold the period, lie in it or beside it."""
        changed = self._changed_periods.get(ReportSeries(slot.unit, slot.form), ())
        now = [it for it in map(self._slots.get, changed) if it is not None]
        asked = (slot, *(it.key for it in now if it.filled))
        stored = {it.key: it for key in asked for it in self._loaded.nested_with(key)}
        stored |= {it.key: it for it in now}
        return other_windows(slot, stored.values(), self.amounts)

    def _stored(self, key: Slot) -> SlotState | None:
        return self._slots.get(key) or self._loaded.slot(key)

    def _carried_in(self, slot: Slot) -> tuple[int, ...] | None:
        """Return what the earlier periods of a unit and its predecessors may have left open."""
        period_context = self.context.period_context(slot.form, slot.period)
        if period_context is None or not period_context.has_backlog:
            return None
        own: Iterable[PeriodBacklog] = ()
        handed: list[HandedCases] = []
        for query in backlog_queries(slot, self.context):
            backlog = self._backlog(query).values()
            if query.unit == slot.unit:
                own = backlog
            elif left := open_cases(backlog):  # of several kinds the largest refuses nobody
                passed_on = self.context.reorganisations.passed_on(query.unit, slot.unit)
                handed.append(HandedCases(passed_on, left[-1]))
        return open_cases(own, handed) or None

    def _backlog(self, query: BacklogQuery) -> Mapping[str, PeriodBacklog]:
        """Return what earlier reports say of their cases, as this batch has left them."""
        backlog = dict(self._loaded.backlog(query))
        for key in self._changed_periods[ReportSeries(query.unit, query.form)]:
            state, period = self._slots.get(key), parse_period(key.period)
            if state is None or period is None or period.last_day >= query.before:
                continue
            if state.filled:
                backlog[key.period] = PeriodBacklog.of(period, state.backlog, state.carried_in)
            else:
                backlog.pop(key.period, None)
        return backlog


def last_day(key: Slot) -> date:
    """Return the last day of the period of a slot."""
    period = parse_period(key.period)
    return date.min if period is None else period.last_day
