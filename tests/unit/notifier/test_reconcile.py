"""Facts change while duties stand: later, never earlier, and nobody is accused who owes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.notifier.domain.duties import (
    Because,
    Changes,
    DueChange,
    Duty,
    Entry,
    Filing,
    Slot,
    State,
    after,
    together,
)
from services.notifier.domain.filings import Report, file_reports, newest
from services.notifier.domain.openings import Opening, open_duties, openings
from services.notifier.domain.reconcile import Wanted, reconcile, wanted
from services.notifier.domain.scan import decide
from shared.contracts.duties import (
    DutyBecameOverdue,
    DutyExcused,
    DutyMet,
    DutyOpened,
    DutyPostponed,
)
from shared.reference.committees import Demand, Extension
from shared.reference.reference_data import ReferenceData
from tests.unit.notifier.samples import COMMITTEE, DUE_AT, SLOT, accepted, duty, withdrawn

DAY = timedelta(days=1)
EARLY, LATE, LATER = DUE_AT - DAY, DUE_AT + DAY, DUE_AT + 3 * DAY
NOW = DUE_AT + timedelta(minutes=5)
DOCUMENT = "Công văn số 15-CV/BCĐ ngày 16/11/2026"
DEMANDED = frozenset({(SLOT.form, SLOT.period)})
NOTHING = Wanted({})


def facts_of(*duties: Duty) -> Wanted:
    return replace(wanted([Opening(EARLY, duties)]), demanded=DEMANDED)


@pytest.mark.parametrize("state", [State.OPEN, State.OVERDUE])
def test_more_time_opens_the_duty_until_then(state: State) -> None:
    """Whoever was overdue is no longer, and the audit says why."""
    changes = reconcile([Entry(None, duty(state=state))], facts_of(duty(due_at=LATER)), NOW)

    assert changes.duties == {SLOT: duty(due_at=LATER)}
    (event,) = changes.events
    assert isinstance(event, DutyPostponed)
    assert (event.was_due_at, event.due_at, event.because) == (DUE_AT, LATER, "recomputed")
    assert changes.due_changes == (
        DueChange(SLOT, DUE_AT, LATER, "nd09.2wd", Because.RECOMPUTED, "", NOW),
    )


def test_due_instant_never_moves_earlier() -> None:
    """What was granted once cannot make anybody late."""
    standing = Entry(None, duty(due_at=LATER))

    assert reconcile([standing], facts_of(duty()), NOW) == Changes()


def test_met_duty_keeps_its_verdict() -> None:
    """Lateness is judged once; neither more time nor a closed unit changes that."""
    met = [Entry(Filing(1, LATE, on_time=False), duty(state=State.MET))]

    assert reconcile(met, facts_of(duty(due_at=LATER)), NOW) == Changes()
    assert reconcile(met, NOTHING, NOW) == Changes()


@pytest.mark.parametrize("state", [State.OPEN, State.OVERDUE])
@pytest.mark.parametrize(
    ("reference", "because"), [(NOTHING, "not_demanded"), (facts_of(), "not_owed")]
)
def test_who_is_not_asked_is_excused(state: State, reference: Wanted, because: str) -> None:
    """The unit had ended, or the committee took its letter back."""
    changes = reconcile([Entry(None, duty(state=state))], reference, NOW)

    assert changes.duties == {SLOT: replace(duty(state=State.EXCUSED), turn=1)}
    (event,) = changes.events
    assert isinstance(event, DutyExcused)
    assert event.because == because
    assert reconcile(after([Entry(None, duty(state=state))], changes), reference, NOW) == Changes()


def test_excused_duty_comes_back_when_the_directory_is_corrected() -> None:
    """With the later of both instants, and told as something new."""
    excused = replace(duty(state=State.EXCUSED, due_at=LATER), turn=1)

    changes = reconcile([Entry(None, excused)], facts_of(duty()), NOW)

    assert changes.duties == {SLOT: replace(duty(due_at=LATER), turn=1)}
    (event,) = changes.events
    assert isinstance(event, DutyOpened)
    first = open_duties({}, [duty(due_at=LATER)], NOW).events[0]
    assert event.event_id != first.event_id


def test_excused_duty_whose_report_came_meanwhile_comes_back_met() -> None:
    """Nobody is asked again for what lies here."""
    excused = Entry(Filing(1, EARLY, on_time=True), replace(duty(state=State.EXCUSED), turn=1))

    changes = reconcile([excused], facts_of(duty()), NOW)

    assert [it.state for it in changes.duties.values()] == [State.MET]
    opened, met = changes.events
    assert isinstance(opened, DutyOpened)
    assert isinstance(met, DutyMet)


def test_unit_that_moved_is_told_of_in_both_provinces() -> None:
    """Whoever follows one province alone must see it end there, or begin."""
    there = replace(duty(), province="80.2", committee="tay_ninh")

    changes = reconcile([Entry(None, duty(state=State.OVERDUE))], facts_of(there), NOW)

    assert changes.duties == {SLOT: replace(there, turn=1)}
    assert [(it.type_name(), it.province) for it in changes.events] == [
        (DutyExcused.type_name(), "37.2"),
        (DutyOpened.type_name(), "80.2"),
    ]


def test_what_two_committees_ask_is_owed_once_by_the_later_date() -> None:
    """Nobody is accused who met one of them."""
    both = wanted([Opening(EARLY, (duty(),)), Opening(EARLY, (duty(due_at=LATER),))])

    assert both.duties == {SLOT: duty(due_at=LATER)}


def test_extension_moves_the_units_it_names_and_is_cited(reference: ReferenceData) -> None:
    """An extension for one commune of 129; the others' instants stay."""
    extension = Extension("F05", SLOT.period, frozenset({SLOT.unit}), LATER, DOCUMENT)
    before, granted = (
        replace(reference, committees=(it,))
        for it in (COMMITTEE, replace(COMMITTEE, extensions=(extension,)))
    )
    standing = [Entry(None, it) for it in asked(before).duties.values()]

    changes = reconcile(standing, asked(granted), NOW)

    assert list(changes.duties) == [SLOT]
    assert [(it.becomes, it.because, it.document) for it in changes.due_changes] == [
        (LATER, Because.EXTENSION, DOCUMENT)
    ]


def test_letter_that_sets_a_later_date_is_cited(reference: ReferenceData) -> None:
    """It replaces the regime's rule for everybody in its area."""
    letter = replace(COMMITTEE, demands=(Demand("F05", SLOT.period, LATER, DOCUMENT),))
    standing = [Entry(None, duty())]

    changes = reconcile(standing, asked(replace(reference, committees=(letter,))), NOW)

    assert [(it.because, it.document) for it in changes.due_changes] == [(Because.LETTER, DOCUMENT)]


def test_revised_calendar_recomputes_open_instants(reference: ReferenceData) -> None:
    """On 16/11/2026 the Government gives a day off: due on the 18th, not the 17th."""
    calendar = reference.calendar
    day_off = calendar.days_off | {DUE_AT.date() - DAY}
    known = replace(reference, committees=(COMMITTEE,))
    revised = replace(known, calendar=replace(calendar, days_off=day_off))
    standing = [Entry(None, it) for it in asked(known).duties.values()]

    changes = reconcile(standing, asked(revised), NOW)

    assert len(changes.due_changes) == 129
    assert {(it.was, it.becomes, it.because) for it in changes.due_changes} == {
        (DUE_AT, DUE_AT + DAY, Because.RECOMPUTED)
    }
    assert reconcile(after(standing, changes), asked(known), NOW) == Changes()  # and never back


def asked(reference: ReferenceData) -> Wanted:
    return wanted(
        openings(reference.committees, reference.catalogue, reference.directory, reference.due)
    )


units = st.sampled_from(["1.2", "2.2", "3.2"])
instants = st.integers(-6, 12).map(lambda hours: DUE_AT + timedelta(hours=hours))
wishes = st.builds(
    lambda unit, due_at, province: replace(duty(unit, due_at=due_at), province=province),
    units,
    instants,
    st.sampled_from(["37.2", "80.2"]),
)
revisions = st.lists(wishes, max_size=3).map(lambda it: facts_of(*it))


@dataclass
class Model:
    """A docket as a dictionary, and everything that it was ever told to publish."""

    entries: dict[Slot, Entry] = field(default_factory=dict)
    audit: list[DueChange] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def take(self, changes: Changes) -> Changes:
        """Apply changes, holding each against what stood."""
        for slot, owed in changes.duties.items():
            standing = self.entries.get(slot, Entry()).duty
            if standing is not None:
                assert owed.due_at >= standing.due_at
                moves = [it for it in changes.due_changes if it.slot == slot]
                assert bool(moves) == (owed.due_at != standing.due_at)
        for slot in {*changes.duties, *changes.filings}:
            was = self.entries.get(slot, Entry())
            self.entries[slot] = Entry(
                changes.filings.get(slot, was.filing), changes.duties.get(slot, was.duty)
            )
        self.audit += changes.due_changes
        self.ids += [it.event_id for it in changes.events]
        return changes


class FactsChangeWhileDutiesStand(RuleBasedStateMachine):
    """Reports, withdrawals, scans and new facts in any order."""

    def __init__(self) -> None:
        """Begin with an empty docket, asked for nothing."""
        super().__init__()
        self.model = Model()
        self.reference = facts_of()
        self.clock = EARLY
        self.revision: dict[Slot, int] = {}

    @rule(reference=revisions)
    def facts_change(self, reference: Wanted) -> None:
        """Follow new facts as the scan does: what stands first, then what is new."""
        self.reference = reference
        entries = list(self.model.entries.values())
        changes = self.model.take(reconcile(entries, reference, self.clock))
        assert not [it for it in changes.events if isinstance(it, DutyBecameOverdue)]
        self.model.take(open_duties(self.model.entries, reference.duties.values(), self.clock))
        again = reconcile(self.model.entries.values(), reference, self.clock)
        assert again == Changes()

    @rule(unit=units, hours=st.integers(-6, 12), withdraw=st.booleans())
    def report_arrives(self, unit: str, hours: int, withdraw: bool) -> None:
        """File it; intake judges by what it knows, which may be older."""
        slot = replace(SLOT, unit=unit)
        number = self.revision[slot] = self.revision.get(slot, 0) + 1
        at = DUE_AT + timedelta(hours=hours)
        report: Report = (
            withdrawn(number, at, slot) if withdraw else accepted(number, at, slot, due_at=EARLY)
        )
        self.model.take(file_reports(self.model.entries, newest([report])))

    @rule(hours=st.integers(1, 6))
    def scan_judges(self, hours: int) -> None:
        """Judge what is due; whoever is accused is asked now, is late, and has sent nothing."""
        self.clock += timedelta(hours=hours)
        due = [
            it
            for it in self.model.entries.values()
            if it.duty and it.duty.state is State.OPEN and it.duty.due_at < self.clock
        ]
        followed = reconcile(due, self.reference, self.clock)
        changes = together((followed, decide(after(due, followed), self.clock)))

        self.model.take(changes)
        for event in changes.events:
            if isinstance(event, DutyBecameOverdue):
                slot = Slot(event.unit, event.form, event.period)
                filing, wish = self.model.entries[slot].filing, self.reference.duties[slot]
                assert filing is None or filing.withdrawn
                assert wish.due_at <= event.due_at < self.clock
                assert wish.province == event.province

    @invariant()
    def nothing_is_published_twice(self) -> None:
        """Whoever drops known identities must not drop news."""
        assert len(self.model.ids) == len(set(self.model.ids))

    @invariant()
    def nobody_is_overdue_who_owes_nothing_or_has_reported(self) -> None:
        """Letters are written from this state."""
        for slot, entry in self.model.entries.items():
            if entry.duty and entry.duty.state is State.OVERDUE:
                assert slot in self.reference.duties
                assert entry.filing is None or entry.filing.withdrawn

    @invariant()
    def audit_tells_the_whole_way(self) -> None:
        """Each line begins where the one before it ended."""
        for slot, entry in self.model.entries.items():
            moves = [it for it in self.model.audit if it.slot == slot]
            assert all(one.becomes == two.was for one, two in pairwise(moves))
            assert all(it.was < it.becomes for it in moves)
            if moves and entry.duty:
                assert moves[-1].becomes == entry.duty.due_at


TestFactsChangeWhileDutiesStand = FactsChangeWhileDutiesStand.TestCase


@given(st.lists(wishes, max_size=6), revisions, st.integers(0, 6))
def test_pages_do_not_matter(duties: list[Duty], reference: Wanted, cut: int) -> None:
    """A million duties are held against new facts page by page."""
    unique: Mapping[Slot, Duty] = {it.slot: it for it in duties}
    entries = [Entry(None, it) for it in unique.values()]

    whole = reconcile(entries, reference, NOW)

    pages = (reconcile(page, reference, NOW) for page in (entries[:cut], entries[cut:]))
    assert together(pages) == whole
