"""
A log in which reports repeat measures how fast nothing is done.

Once 45 % of it did, and the rate was a third too high.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice, pairwise

import pytest

from benchmarks.material import Material
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.reference.figures import rate_percent, to_units
from shared.reference.periods import parse_period
from shared.reference.reference_data import ReferenceData
from tests.unit.benchmarks.conftest import REPORTS

Event = ReportAccepted | ReportWithdrawn
Slot = tuple[str, str, str]


def _by_slot(events: list[Event]) -> dict[Slot, list[Event]]:
    found: dict[Slot, list[Event]] = defaultdict(list)
    for event in events:
        found[event.unit, event.form, event.period].append(event)
    return found


def _accepted(events: list[Event]) -> Iterator[ReportAccepted]:
    return (it for it in events if isinstance(it, ReportAccepted))


def test_no_two_reports_of_a_full_run_are_of_one_slot(material: Material) -> None:
    """200,000 reports are 200,000 slots of the ledger."""
    asked = map(material.asked, range(200_000))

    slots = {(unit.key, form.code, period.code) for unit, form, period in asked}

    assert len(slots) == 200_000


def test_every_report_is_owed_when_it_is_sent(reference: ReferenceData, material: Material) -> None:
    """Reports of communes that have ended, or of forms they do not owe, would not be accepted."""
    for number in range(0, 200_000, 97):
        unit, form, period = material.asked(number)
        assert reference.directory.owes(unit.key, form, period), (unit, form.code, period.code)


def test_all_forms_are_in_the_log(material: Material) -> None:
    """A form that the catalogue no longer has would otherwise be left out in silence."""
    assert [it.code for it in material.forms] == ["F01", "F04", "F05"]


def test_a_tenth_is_corrected_and_one_in_fifty_is_withdrawn(events: list[Event]) -> None:
    """The shares hold exactly, so rates of different runs are of the same work."""
    slots = _by_slot(events)

    corrected = [its for its in slots.values() if sum(1 for _ in _accepted(its)) == 2]
    withdrawn = [its for its in slots.values() if isinstance(its[-1], ReportWithdrawn)]
    both = [its for its in corrected if its in withdrawn]

    assert len(slots) == REPORTS
    assert len(corrected) == REPORTS // 10
    assert len(withdrawn) == REPORTS // 50
    assert len(both) == REPORTS // 100
    assert len(events) == len(slots) + len(corrected) + len(withdrawn)


def test_revisions_rise_by_one_in_the_order_of_the_log(events: list[Event]) -> None:
    """Kafka keeps the order within a key only: all revisions of a slot have one province."""
    for its in _by_slot(events).values():
        assert [it.revision for it in its] == list(range(1, len(its) + 1))
        assert len({it.province for it in its}) == 1
        assert all(one.occurred_at < other.occurred_at for one, other in pairwise(its))
        assert all(isinstance(it, ReportAccepted) for it in its[:-1])


def test_a_correction_has_other_figures(events: list[Event]) -> None:
    """The same figures again would move no total."""
    for its in _by_slot(events).values():
        assert all(one.figures != other.figures for one, other in pairwise(_accepted(its)))


def test_a_correction_is_as_late_as_the_first_report(events: list[Event]) -> None:
    """Lateness is judged once; some reports are late, most are not."""
    for its in _by_slot(events).values():
        assert len({(it.first_received_at, it.due_at, it.on_time) for it in _accepted(its)}) == 1
        first = next(_accepted(its))
        assert first.received_at == first.first_received_at
        assert first.on_time == (first.first_received_at <= first.due_at)


def test_some_reports_are_late(material: Material) -> None:
    """A share between a twentieth and a third, over a whole month of all forms."""
    events = list(material.events(10_000))
    found = [it.on_time for it in _accepted(events) if it.revision == 1]

    assert 0.05 < found.count(False) / len(found) < 0.33


def test_every_event_has_an_identity_of_its_own(events: list[Event]) -> None:
    """Two events under one id would be one."""
    assert len({it.event_id for it in events}) == len(events)
    assert len({it.submission_id for it in events}) == len(events)


def test_some_figures_are_not_reported_and_some_are_qualified(events: list[Event]) -> None:
    """Null and absent both mean "not reported"; both occur."""
    reports = list(_accepted(events))
    nulls = sum(None in it.figures.values() for it in reports)
    figures = sum(len(it.figures) for it in reports)
    qualifiers = [name for it in reports for name in it.qualifiers.values()]

    assert 0.2 < nulls / len(reports) < 0.9
    assert len({len(it.figures) for it in reports}) > 10
    assert 0.01 < len(qualifiers) / figures < 0.05
    assert 0.4 < qualifiers.count("about") / len(qualifiers) < 0.6


def test_the_same_count_gives_the_same_events(material: Material, events: list[Event]) -> None:
    """Runs are compared with each other."""
    again = islice(material.events(REPORTS), 300)

    assert list(again) == events[:300]


@pytest.mark.parametrize("form", ["F01", "F04", "F05"])
def test_figures_are_valid_for_the_form(
    reference: ReferenceData, material: Material, form: str
) -> None:
    """By the catalogue: cells, kinds, maxima, what is required, breakdowns that sum, rates."""
    found = 0
    for report in _accepted(list(material.events(12_000))[::7]):
        if report.form == form:
            found += 1
            _check(reference, report)

    assert found > 100


def _check(reference: ReferenceData, report: ReportAccepted) -> None:
    period = parse_period(report.period)
    assert period
    form = reference.catalogue.form(report.form, period)
    assert form
    assert form.version == report.form_version
    assert report.figures.keys() <= form.position.keys()
    assert report.qualifiers.keys() <= report.figures.keys()
    units: dict[str, int] = {}
    for cell in form.cells:
        indicator = reference.catalogue.indicators[cell.indicator]
        value = report.figures.get(cell.key)
        if value is not None:
            assert isinstance(value, str) == (indicator.scale == 2)
            units[cell.key] = to_units(value, indicator.scale) or 0
            assert 0 <= units[cell.key] <= (indicator.maximum or 2**53)
        elif indicator.priority == 1 and not cell.split and indicator.numerator is None:
            assert cell.key in report.figures
    assert units
    assert report.qualifiers.keys() <= units.keys()
    for group in form.groups:
        parts = [units[it.key] for it in group.cells if it.key in units]
        assert not parts or sum(parts) == units[group.indicator]
    for cell in form.cells:
        indicator = reference.catalogue.indicators[cell.indicator]
        if indicator.numerator and indicator.denominator and cell.key in units:
            whole = units[indicator.denominator] + units.get(indicator.carried_in or "", 0)
            rate = rate_percent(units[indicator.numerator], whole)
            assert rate is not None
            assert units[cell.key] == 100 * rate <= 100_00
