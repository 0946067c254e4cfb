"""Duties open for exactly the units that owe, and their due instants only ever move later."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.notifier.domain.digest import compose
from services.notifier.domain.duties import DutyState, Filing, SlotRecord
from services.notifier.domain.openings import duty_openings, open_duties
from shared.contracts.duties import DutyMet, DutyOpened
from shared.reference.committees import Demand
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from tests.builders.mandated import AGENCY, with_departments
from tests.builders.notifier import COMMITTEE, CONTACT, DUE_AT, SLOT, duty
from tests.builders.regimes import COMMITTEE as HA_NOI_COMMITTEE
from tests.builders.regimes import (
    HA_NOI,
    STAGE_2023,
    ha_noi_reference,
    letter,
    reference_with,
)

EARLY = DUE_AT - timedelta(hours=1)


def test_every_commune_of_todays_ninh_binh_owes(reference: ReferenceData) -> None:
    """129 communes since 1/7/2025; none of the abolished ones is asked for anything."""
    (opening,) = duty_openings(replace(reference, committees=(COMMITTEE,)))

    assert len(opening.duties) == 129
    assert {it.due_at for it in opening.duties} == {DUE_AT}
    assert opening.opens_at.isoformat() == "2026-11-15T00:00:00+07:00"


def test_who_is_asked_beside_the_communes_has_duties_and_is_named_in_letters() -> None:
    """A committee that asks its departments for models wants to know which of them are late."""
    reference = with_departments()
    reference = replace(reference, committees=(COMMITTEE,))

    (opening,) = duty_openings(reference)
    late = [it for it in opening.duties if it.slot.unit == AGENCY]
    mail = compose(COMMITTEE, CONTACT, late, {}, DUE_AT, reference)

    assert len(opening.duties) == 129 + 3
    assert [it.due_at for it in late] == [DUE_AT]
    (section,) = mail.sections
    assert (section.expected, [it.named.name for it in section.lines]) == (132, ["Đơn vị co_quan"])


def test_history_is_nobodys_duty(reference: ReferenceData) -> None:
    """A demand for 2025 without a date of its own asks for what was due before the first day."""
    history = (Demand("F05", "cal.2025", None, "CV 1"), *COMMITTEE.demands)
    using = replace(COMMITTEE, demands=history, in_use_from=date(2026, 11, 1))

    past, november = duty_openings(replace(reference, committees=(using,)))

    assert (len(past.duties), len(past.unasked)) == (0, 129)
    assert set(past.unasked.values()) == {"before_use"}
    assert (len(november.duties), len(november.unasked)) == (129, 0)


def test_nobody_is_reminded_before_the_units_are_known(reference: ReferenceData) -> None:
    """The communes of the old Ninh Bình in May 2024 are not those of the list of January 2025."""
    months = "nd09.2024-M05", "nd09.2025-M05"
    past = tuple(Demand("F05", it, None, f"CV {it}") for it in months)
    old = replace(COMMITTEE, area="01.1", demands=past)

    before, after = duty_openings(replace(reference, committees=(old,)))

    assert (before.duties, set(before.unasked.values())) == ((), {"units_not_known"})
    assert (len(after.duties) > 500, after.unasked) == (True, {})


def test_letter_that_wants_the_report_early_opens_early(reference: ReferenceData) -> None:
    """Committees ask for yearly reports before the year is over; the duty must exist by then."""
    due_at = DUE_AT - timedelta(days=20)
    early = replace(COMMITTEE, demands=(Demand("F05", "nd09.2026", due_at, "CV 1"),))

    (opening,) = duty_openings(replace(reference, committees=(early,)))

    assert opening.opens_at == due_at
    assert {(it.due_at, it.deadline_rule) for it in opening.duties} == {(due_at, "CV 1")}


def test_demand_that_nobody_can_meet_is_refused(reference: ReferenceData) -> None:
    """A misspelt form must stop the start, not silently ask nobody."""
    wrong = replace(COMMITTEE, demands=(Demand("F99", "nd09.2026-M11", None, "CV 1"),))

    with pytest.raises(FactError, match="F99"):
        duty_openings(replace(reference, committees=(wrong,)))


def test_opening_twice_opens_once() -> None:
    """Every start opens everything again."""
    changes = open_duties({SLOT: SlotRecord(None, duty(state=DutyState.OVERDUE))}, [duty()], DUE_AT)

    assert not changes.duties
    assert not changes.events


def test_report_that_came_first_meets_the_duty_at_once() -> None:
    """The unit hears nothing; the world hears that the duty was owed and met."""
    changes = open_duties({SLOT: SlotRecord(Filing(3, EARLY))}, [duty()], DUE_AT)

    assert changes.duties == {SLOT: duty(state=DutyState.MET)}
    opened, met = changes.events
    assert isinstance(opened, DutyOpened)
    assert isinstance(met, DutyMet)


def test_withdrawn_report_does_not_meet_the_duty() -> None:
    """A filing without figures is none."""
    changes = open_duties({SLOT: SlotRecord(Filing(3, None))}, [duty()], DUE_AT)

    assert changes.duties == {SLOT: duty()}
    assert [type(it) for it in changes.events] == [DutyOpened]


def test_verdict_of_a_report_that_came_first_is_intakes() -> None:
    """Lateness is judged once, at receipt; opening the duty does not judge it again."""
    changes = open_duties({SLOT: SlotRecord(Filing(3, EARLY, on_time=False))}, [duty()], DUE_AT)

    assert [it.on_time for it in changes.events if isinstance(it, DutyMet)] == [False]


def test_committee_that_has_ended_asks_nobody(reference: ReferenceData) -> None:
    """A demand outlives neither its committee nor its unit."""
    ended = replace(COMMITTEE, valid_to=date(2026, 11, 13))

    assert duty_openings(replace(reference, committees=(ended,))) == ()


def test_a_letter_for_a_committees_window_asks_its_own_area() -> None:
    """A stage of Hà Nội is owed by its communes, by the letter's date, and by nobody else."""
    asking = {
        **HA_NOI_COMMITTEE,
        "demands": [letter("F01", STAGE_2023, deadline="trước ngày 20/01/2024")],
    }
    reference = reference_with(HA_NOI, committees=[asking])
    before = {it.opens_at: it.duties for it in duty_openings(ha_noi_reference())}

    added = [it for it in duty_openings(reference) if before.get(it.opens_at) != it.duties]

    (opening,) = added
    assert opening.opens_at.isoformat() == "2024-01-01T00:00:00+07:00"
    assert len(opening.duties) == 526
    assert {it.province for it in opening.duties} == {"01.1"}
    assert {it.due_at.isoformat() for it in opening.duties} == {"2024-01-20T00:00:00+07:00"}
