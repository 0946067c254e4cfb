"""The running work: who owes what today, who is late, and what the committee asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import yaml

from shared.contracts.reports import ReportSubmitted
from shared.reference.committees import build_committees
from shared.reference.periods import VIETNAM
from tests.articles import read
from tests.builders.demo import codes, knowledge_of
from tools.demo.deliveries import submission
from tools.demo.scenario import (
    LATE_COUNT,
    MAILBOX_ADDRESS,
    NOTE,
    Scenario,
    committee_file,
    current_period,
    current_report,
    late_units,
)


@dataclass(frozen=True)
class Province:
    """A province of today, as the golden file counts it."""

    now: int
    communes: int


NINH_BINH = next(it for it in read("admin_units.seed_provinces", list[Province]) if it.now == 37)


@pytest.mark.parametrize(
    ("at", "period"),
    [
        ("2026-11-14T23:59:59", "nd09.2026-M10"),
        ("2026-11-15T00:00:00", "nd09.2026-M11"),
        ("2026-12-31T12:00:00", "nd09.2026-M12"),
        ("2027-01-01T00:00:00", "nd09.2026-M12"),
        ("2027-01-15T00:00:00", "nd09.2027-M01"),
    ],
)
def test_the_current_month_is_the_newest_closed_one(at: str, period: str) -> None:
    """Months close on the 14th (Decree 09/2019 Art. 12), by the clock of Vietnam."""
    assert current_period(datetime.fromisoformat(f"{at}+07:00")).code == period


def test_all_but_seven_of_todays_communes_report_in_time(scenario: Scenario) -> None:
    """129 communes, 7 of them late: the same ones in every run."""
    punctual = {it.event.unit for it in scenario.in_time}

    assert len(punctual) + len(scenario.late) == NINH_BINH.communes
    assert punctual.isdisjoint(scenario.late)
    assert len(scenario.late) == LATE_COUNT
    assert scenario.late == late_units(reversed([*punctual, *scenario.late]))


def test_reports_of_the_month_are_valid_and_say_that_they_are_samples(
    scenario: Scenario, now: datetime
) -> None:
    """The communes are real; their figures are not, and nobody should have to guess."""
    knowledge = knowledge_of(scenario.reference)
    missing = [
        submission(current_report(it, scenario.period, scenario.reference.catalogue), now)
        for it in scenario.late
    ]

    for event in (*(it.event for it in scenario.in_time), *missing):
        assert isinstance(event, ReportSubmitted)
        assert codes(event.model_dump_json().encode(), knowledge, now) == set()
        assert event.note == NOTE


def test_the_committee_asks_for_the_month_at_one_instant(scenario: Scenario, now: datetime) -> None:
    """One contact, one demand: so there is one digest. Everybody begins with this month."""
    due_at = now + timedelta(seconds=15)

    document = yaml.safe_load(committee_file(scenario.period, due_at))
    committee, *others = build_committees(document["committees"])

    (demand,) = committee.demands
    assert not any(it.demands for it in others)
    assert {it.in_use_from for it in (committee, *others)} == {scenario.period.first_day}
    assert (committee.area, demand.form, demand.period) == ("37.2", "F05", scenario.period.code)
    assert demand.due_at == due_at
    assert demand.due_at.astimezone(VIETNAM).utcoffset() == timedelta(hours=7)
    assert [it.email for it in committee.contacts] == [MAILBOX_ADDRESS]
