"""Facts change while duties stand: later, never earlier, and nobody is accused who owes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.notifier.domain.changes import DueChange, DueChangeCause, DutyChanges, applied, merged
from services.notifier.domain.completeness import Completeness
from services.notifier.domain.duties import Duty, DutyState, Filing, SlotRecord
from services.notifier.domain.filings import ReportEvent, file_reports, newest
from services.notifier.domain.obligations import Obligations, obligations_of
from services.notifier.domain.openings import DutyOpening, duty_openings, open_duties
from services.notifier.domain.overdue import call_overdue
from services.notifier.domain.reconcile import reconcile
from shared.contracts.duties import (
    DutyBecameOverdue,
    DutyExcused,
    DutyMet,
    DutyOpened,
    DutyPostponed,
)
from shared.reference.committees import Demand, Extension
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot
from tests.builders.notifier import COMMITTEE, DUE_AT, SLOT, accepted, duty, withdrawn

DAY = timedelta(days=1)
EARLY, LATE, LATER = DUE_AT - DAY, DUE_AT + DAY, DUE_AT + 3 * DAY
NOW = DUE_AT + timedelta(minutes=5)
DOCUMENT = "Công văn số 15-CV/BCĐ ngày 16/11/2026"
DEMANDED = frozenset({(SLOT.form, SLOT.period)})
NOTHING = Obligations({})


def required(*duties: Duty) -> Obligations:
    return replace(obligations_of([DutyOpening(EARLY, duties)]), demanded=DEMANDED)


@pytest.mark.parametrize("state", [DutyState.OPEN, DutyState.OVERDUE])
def test_more_time_opens_the_duty_until_then(state: DutyState) -> None:
    """Whoever was overdue is no longer, and the audit says why."""
    changes = reconcile([SlotRecord(None, duty(state=state))], required(duty(due_at=LATER)), NOW)

    assert changes.duties == {SLOT: duty(due_at=LATER)}
    (event,) = changes.events
    assert isinstance(event, DutyPostponed)
    assert (event.was_due_at, event.due_at, event.because) == (DUE_AT, LATER, "recomputed")
    assert changes.due_changes == (
        DueChange(SLOT, DUE_AT, LATER, "nd09.2wd", DueChangeCause.RECOMPUTED, "", NOW),
    )


def test_first_day_published_later_excuses_history() -> None:
    """Whoever was called overdue for a time before the first day hears that it is nobody's duty."""
    existing = [SlotRecord(None, duty(state=DutyState.OVERDUE))]
    opening = DutyOpening(EARLY, (), unasked={SLOT: "before_use"})

    changes = reconcile(existing, obligations_of([opening]), NOW)

    assert changes.duties[SLOT].state is DutyState.EXCUSED
    assert [it.because for it in changes.events if isinstance(it, DutyExcused)] == ["before_use"]


def test_due_instant_never_moves_earlier() -> None:
    """What was granted once cannot make anybody late."""
    existing = SlotRecord(None, duty(due_at=LATER))

    assert reconcile([existing], required(duty()), NOW) == DutyChanges()


def test_met_duty_keeps_its_verdict() -> None:
    """Lateness is judged once; neither more time nor a closed unit changes that."""
    met = [SlotRecord(Filing(1, LATE, on_time=False), duty(state=DutyState.MET))]

    assert reconcile(met, required(duty(due_at=LATER)), NOW) == DutyChanges()
    assert reconcile(met, NOTHING, NOW) == DutyChanges()


@pytest.mark.parametrize("state", [DutyState.OPEN, DutyState.OVERDUE])
@pytest.mark.parametrize(
    ("obligations", "because"), [(NOTHING, "not_demanded"), (required(), "not_owed")]
)
def test_who_is_not_asked_is_excused(
    state: DutyState, obligations: Obligations, because: str
) -> None:
    """The unit had ended, or the committee took its letter back."""
    changes = reconcile([SlotRecord(None, duty(state=state))], obligations, NOW)

    assert changes.duties == {SLOT: replace(duty(state=DutyState.EXCUSED), incarnation=1)}
    (event,) = changes.events
    assert isinstance(event, DutyExcused)
    assert event.because == because
    assert (
        reconcile(applied([SlotRecord(None, duty(state=state))], changes), obligations, NOW)
        == DutyChanges()
    )


def test_excused_duty_comes_back_when_the_directory_is_corrected() -> None:
    """With the later of both instants, and with new event ids."""
    excused = replace(duty(state=DutyState.EXCUSED, due_at=LATER), incarnation=1)

    changes = reconcile([SlotRecord(None, excused)], required(duty()), NOW)

    assert changes.duties == {SLOT: replace(duty(due_at=LATER), incarnation=1)}
    (event,) = changes.events
    assert isinstance(event, DutyOpened)
    first = open_duties({}, [duty(due_at=LATER)], NOW).events[0]
    assert event.event_id != first.event_id


def test_excused_duty_whose_report_came_meanwhile_comes_back_met() -> None:
    """Nobody is asked again for what lies here."""
    excused = SlotRecord(
        Filing(1, EARLY, on_time=True), replace(duty(state=DutyState.EXCUSED), incarnation=1)
    )

    changes = reconcile([excused], required(duty()), NOW)

    assert [it.state for it in changes.duties.values()] == [DutyState.MET]
    opened, met = changes.events
    assert isinstance(opened, DutyOpened)
    assert isinstance(met, DutyMet)


def test_unit_that_moved_is_told_of_in_both_provinces() -> None:
    """Whoever follows one province alone must see it end there, or begin."""
    there = replace(duty(), province="80.2", committee="tay_ninh")

    changes = reconcile([SlotRecord(None, duty(state=DutyState.OVERDUE))], required(there), NOW)

    assert changes.duties == {SLOT: replace(there, incarnation=1)}
    assert [(it.type_name(), it.province) for it in changes.events] == [
        (DutyExcused.type_name(), "37.2"),
        (DutyOpened.type_name(), "80.2"),
    ]


def test_what_two_committees_ask_is_owed_once_by_the_later_date() -> None:
    """Nobody is accused who met one of them."""
    both = obligations_of(
        [DutyOpening(EARLY, (duty(),)), DutyOpening(EARLY, (duty(due_at=LATER),))]
    )

    assert both.duties == {SLOT: duty(due_at=LATER)}


def test_extension_moves_the_units_it_names_and_is_cited(reference: ReferenceData) -> None:
    """An extension for one commune of 129; the others' instants stay."""
    extension = Extension("F05", SLOT.period, frozenset({SLOT.unit}), LATER, DOCUMENT)
    before, granted = (
        replace(reference, committees=(it,))
        for it in (COMMITTEE, replace(COMMITTEE, extensions=(extension,)))
    )
    existing = [SlotRecord(None, it) for it in asked(before).duties.values()]

    changes = reconcile(existing, asked(granted), NOW)

    assert list(changes.duties) == [SLOT]
    assert [(it.becomes, it.because, it.document) for it in changes.due_changes] == [
        (LATER, DueChangeCause.EXTENSION, DOCUMENT)
    ]


def test_letter_that_sets_a_later_date_is_cited(reference: ReferenceData) -> None:
    """It replaces the regime's rule for everybody in its area."""
    letter = replace(COMMITTEE, demands=(Demand("F05", SLOT.period, LATER, DOCUMENT),))
    existing = [SlotRecord(None, duty())]

    changes = reconcile(existing, asked(replace(reference, committees=(letter,))), NOW)

    assert [(it.because, it.document) for it in changes.due_changes] == [
        (DueChangeCause.LETTER, DOCUMENT)
    ]


def test_revised_calendar_recomputes_open_instants(reference: ReferenceData) -> None:
    """On 16/11/2026 the Government gives a day off: due on the 18th, not the 17th."""
    calendar = reference.calendar
    day_off = calendar.days_off | {DUE_AT.date() - DAY}
    before = replace(reference, committees=(COMMITTEE,))
    revised = replace(before, calendar=replace(calendar, days_off=day_off))
    existing = [SlotRecord(None, it) for it in asked(before).duties.values()]

    changes = reconcile(existing, asked(revised), NOW)

    assert len(changes.due_changes) == 129
    assert {(it.was, it.becomes, it.because) for it in changes.due_changes} == {
        (DUE_AT, DUE_AT + DAY, DueChangeCause.RECOMPUTED)
    }
    assert (
        reconcile(applied(existing, changes), asked(before), NOW) == DutyChanges()
    )  # and never back


def asked(reference: ReferenceData) -> Obligations:
    return obligations_of(duty_openings(reference))


units = st.sampled_from(["1.2", "2.2", "3.2"])
instants = st.integers(-6, 12).map(lambda hours: DUE_AT + timedelta(hours=hours))
required_duties = st.builds(
    lambda unit, due_at, province: replace(duty(unit, due_at=due_at), province=province),
    units,
    instants,
    st.sampled_from(["37.2", "80.2"]),
)
revisions = st.lists(required_duties, max_size=3).map(lambda it: required(*it))


@dataclass
class Model:
    """The duty store as a dictionary, with the audit and the ids of all events."""

    records: dict[Slot, SlotRecord] = field(default_factory=dict)
    audit: list[DueChange] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def take(self, changes: DutyChanges) -> DutyChanges:
        """Apply changes, holding each against what stood."""
        for slot, owed in changes.duties.items():
            existing = self.records.get(slot, SlotRecord()).duty
            if existing is not None:
                assert owed.due_at >= existing.due_at
                moves = [it for it in changes.due_changes if it.slot == slot]
                assert bool(moves) == (owed.due_at != existing.due_at)
        for slot in {*changes.duties, *changes.filings}:
            was = self.records.get(slot, SlotRecord())
            self.records[slot] = SlotRecord(
                changes.filings.get(slot, was.filing), changes.duties.get(slot, was.duty)
            )
        self.audit += changes.due_changes
        self.ids += [it.event_id for it in changes.events]
        return changes


class ObligationsChangeWhileDutiesExist(RuleBasedStateMachine):
    """Reports, withdrawals, scans and changed obligations in any order."""

    def __init__(self) -> None:
        """Begin with no records and no obligations."""
        super().__init__()
        self.model = Model()
        self.obligations = required()
        self.clock = EARLY
        self.revision: dict[Slot, int] = {}

    @rule(obligations=revisions)
    def obligations_change(self, obligations: Obligations) -> None:
        """Follow changed obligations as the scan does: existing duties first, then new ones."""
        self.obligations = obligations
        records = list(self.model.records.values())
        changes = self.model.take(reconcile(records, obligations, self.clock))
        assert not [it for it in changes.events if isinstance(it, DutyBecameOverdue)]
        self.model.take(open_duties(self.model.records, obligations.duties.values(), self.clock))
        again = reconcile(self.model.records.values(), obligations, self.clock)
        assert again == DutyChanges()

    @rule(unit=units, hours=st.integers(-6, 12), withdraw=st.booleans())
    def report_arrives(self, unit: str, hours: int, withdraw: bool) -> None:
        """File it; intake judges by what it knows, which may be older."""
        slot = SLOT._replace(unit=unit)
        number = self.revision[slot] = self.revision.get(slot, 0) + 1
        at = DUE_AT + timedelta(hours=hours)
        report: ReportEvent = (
            withdrawn(number, at, slot) if withdraw else accepted(number, at, slot, due_at=EARLY)
        )
        self.model.take(file_reports(self.model.records, newest([report])))

    @rule(hours=st.integers(1, 6))
    def scan_judges(self, hours: int) -> None:
        """Judge what is due; whoever is accused is asked now, is late, and has sent nothing."""
        self.clock += timedelta(hours=hours)
        due = [
            it
            for it in self.model.records.values()
            if it.duty and it.duty.state is DutyState.OPEN and it.duty.due_at < self.clock
        ]
        followed = reconcile(due, self.obligations, self.clock)
        changes = merged((followed, call_overdue(applied(due, followed), Completeness(self.clock))))

        self.model.take(changes)
        for event in changes.events:
            if isinstance(event, DutyBecameOverdue):
                slot = Slot(event.unit, event.form, event.period)
                filing, owed = self.model.records[slot].filing, self.obligations.duties[slot]
                assert filing is None or filing.withdrawn
                assert owed.due_at <= event.due_at < self.clock
                assert owed.province == event.province

    @invariant()
    def nothing_is_published_twice(self) -> None:
        """Whoever drops known identities must not drop news."""
        assert len(self.model.ids) == len(set(self.model.ids))

    @invariant()
    def nobody_is_overdue_who_owes_nothing_or_has_reported(self) -> None:
        """Letters are written from this state."""
        for slot, record in self.model.records.items():
            if record.duty and record.duty.state is DutyState.OVERDUE:
                assert slot in self.obligations.duties
                assert record.filing is None or record.filing.withdrawn

    @invariant()
    def audit_tells_the_whole_way(self) -> None:
        """Each line begins where the one before it ended."""
        for slot, record in self.model.records.items():
            moves = [it for it in self.model.audit if it.slot == slot]
            assert all(one.becomes == two.was for one, two in pairwise(moves))
            assert all(it.was < it.becomes for it in moves)
            if moves and record.duty:
                assert moves[-1].becomes == record.duty.due_at


TestObligationsChangeWhileDutiesExist = ObligationsChangeWhileDutiesExist.TestCase


@given(st.lists(required_duties, max_size=6), revisions, st.integers(0, 6))
def test_pages_do_not_matter(duties: list[Duty], obligations: Obligations, cut: int) -> None:
    """A million duties are compared with changed obligations page by page."""
    unique: Mapping[Slot, Duty] = {it.slot: it for it in duties}
    records = [SlotRecord(None, it) for it in unique.values()]

    whole = reconcile(records, obligations, NOW)

    pages = (reconcile(page, obligations, NOW) for page in (records[:cut], records[cut:]))
    assert merged(pages) == whole
