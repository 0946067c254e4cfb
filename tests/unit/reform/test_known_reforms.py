"""
Reforms of which everything is known: nothing true is doubted, and no district is handed over twice.

What comes in any order, or never, is tried in test_honest_reports. Here quarters of Decree 09 hold
the day of the reform.
"""

from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from services.intake.app import load_messages
from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.submissions import RawSubmission
from services.intake.domain.violations import renderer
from shared.reference.directory import Directory
from shared.reference.lineage import Lineage
from tests.builders.intake import raw
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import context_of, handed
from tests.builders.reference import shipped_reference
from tests.builders.true_reform import TrueReform, true_reforms

_RENDER = renderer(load_messages())


def journal_of(reform: TrueReform) -> MemoryJournal:
    """Return an empty journal for the units of a reform."""
    directory, lineage = Directory(reform.units), Lineage(reform.links)
    lineage.check(directory)
    return MemoryJournal(
        context_of(
            replace(shipped_reference(), directory=directory, lineage=lineage, committees=())
        ),
        _RENDER,
    )


def true_models(reform: TrueReform, journal: MemoryJournal) -> list[RawSubmission]:
    """Return all true reports of models, in the order of the periods."""
    return [
        raw(reform.models_of(unit, period).document(journal.context))
        for unit, period in reform.quarters
    ]


def true_records(reform: TrueReform) -> list[RawSubmission]:
    """Return the true records of all handovers."""
    new = reform.keys("commune", new=True)
    return [handed(reform.handover_to(unit, f"handover-{unit}")) for unit in new]


def said(outcome: SubmissionOutcome) -> list[tuple[str, str]]:
    """Return the codes and messages of a receipt's findings."""
    return [(it.code, it.message) for it in outcome.entry.findings]


@settings(max_examples=40, deadline=None, phases=(Phase.reuse, Phase.generate))
@given(true_reforms())
def test_nothing_is_asked_about_a_reform_that_is_wholly_known(reform: TrueReform) -> None:
    """Old reports, then records, then new reports: no stock is doubted, by an error or a note."""
    journal = journal_of(reform)
    reports = true_models(reform, journal)
    old = len(reform.old_periods) * len(
        [*reform.keys("commune", new=False), *reform.keys("district", new=False)]
    )

    outcomes = journal.receive(*reports[:old], *true_records(reform), *reports[old:])

    for outcome in outcomes:
        assert outcome.entry.verdict == "accepted", said(outcome)
        assert not [it for it in said(outcome) if it[0].startswith(("opening", "handover_equals"))]
        assert not outcome.questions


@settings(max_examples=40, deadline=None, phases=(Phase.reuse, Phase.generate))
@given(true_reforms(), st.data())
def test_a_record_that_takes_too_much_of_a_district_is_refused(
    reform: TrueReform, data: st.DataObject
) -> None:
    """One more than the district had left is one too many, whoever comes last."""
    journal = journal_of(reform)
    journal.receive(*true_models(reform, journal))
    records = data.draw(st.permutations(true_records(reform)))
    journal.receive(*records[:-1])
    last = str(records[-1].document["unit"])
    district = data.draw(st.sampled_from(sorted(reform.from_districts[last])))
    stated = sum(it.get(district, 0) for it in reform.from_districts.values())
    excess = reform.closing(district) - stated + 1
    share = reform.from_districts[last][district] + excess
    document = reform.handover_to(last, "false")
    opening = reform.quarters[last, reform.new_periods[0]].opening + excess
    shares = {
        area: {"dvk_models_opening": share if area == district else it}
        for area, it in reform.from_districts[last].items()
    }
    changed = {"openings": {"dvk_models_opening": opening}, "from_areas": shares}

    (outcome,) = journal.receive(handed(document | changed))

    assert "handover_exceeds_area" in [code for code, _ in said(outcome)]
    assert outcome.entry.verdict == "rejected"


@settings(max_examples=40, deadline=None, phases=(Phase.reuse, Phase.generate))
@given(true_reforms())
def test_a_merged_commune_carries_in_what_its_predecessors_left_open(reform: TrueReform) -> None:
    """The sum of theirs agrees, and one petition more is asked about."""
    journal = journal_of(reform)
    for level in (False, True):
        for unit in reform.keys("commune", new=level):
            first, second = reform.new_periods if level else reform.old_periods
            if level and any(it.kind == "part" for it in reform.links if it.successor == unit):
                continue
            report = reform.petitions_of(unit, first)
            (outcome,) = journal.receive(raw(report.document(journal.context)))
            if level:
                assert not [it for it in said(outcome) if it[0].startswith("carried_in")]
                more = {"petitions_carried_in": reform.quarters[unit, first].carried_in + 1}
                false = replace(report, figures={**report.figures, **more})
                (outcome,) = journal.receive(raw(false.document(journal.context)))
                assert "carried_in_agrees" in [code for code, _ in said(outcome)]
            else:
                report = reform.petitions_of(unit, second)
                journal.receive(raw(report.document(journal.context)))
