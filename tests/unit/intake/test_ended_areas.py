"""Districts ended on 30 June 2025 without a successor; what they had can be handed over (A4)."""

from dataclasses import replace

import pytest

from services.intake.domain.handovers import violations_in
from services.intake.domain.judge import judge
from services.intake.domain.loaded_state import KeyNotLoaded, LoadedState
from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.parsing import ParsedSubmission, parse_submission
from services.intake.domain.read_set import read_set_of
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import ReportSeries
from services.intake.domain.violations import Renderer, Violation
from services.intake.domain.working_set import WorkingSet
from shared.contracts.reports import HandoverSubmitted
from shared.reference.reference_data import ReferenceData
from tests.builders.intake import raw
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import FIRST, LAST, context_of, handed, handover, models, sent

PHU_LY = "D347.1"
"""The district that ended above all that became these three wards."""
PHU_VAN, OLD = "13291.2", ("13291.1", "13306.1", "13426.1")
LIEM_TUYEN, OLD_OF_LIEM_TUYEN = "13444.2", ("13444.1", "13507.1", "13513.1")
CELL = "dvk_models_opening"
KIM_BANG = "D350.1"
"""Another district of the same province."""


@pytest.fixture(scope="module")
def context(reference: ReferenceData) -> RuleContext:
    """Return the facts as they are shipped."""
    return context_of(reference)


@pytest.fixture
def journal(context: RuleContext, render: Renderer) -> MemoryJournal:
    """Return a journal: Phù Vân's three closed with 30, Liêm Tuyền's with 3, Phủ Lý with 3."""
    journal = MemoryJournal(context, render)
    for units, totals in ((OLD, (10, 15, 5)), (OLD_OF_LIEM_TUYEN, (1, 1, 1)), ((PHU_LY,), (3,))):
        for unit, total in zip(units, totals, strict=True):
            (outcome,) = journal.receive(sent(models(unit, LAST, total, total), context))
            assert outcome.entry.verdict == "accepted"
    return journal


def taking(unit: str, opening: int, share: object, event_id: str) -> dict[str, object]:
    """Return a record in which a part of the opening came from Phủ Lý."""
    return handover(unit, opening, event_id, from_areas={PHU_LY: {CELL: share}})


def said(outcome: SubmissionOutcome) -> list[tuple[str, str]]:
    """Return the codes and severities of a receipt's findings."""
    return [(it.code, it.severity) for it in outcome.entry.findings]


def test_a_ward_opens_with_what_it_took_over_from_its_district(journal: MemoryJournal) -> None:
    """32 of which 2 were Phủ Lý's; the report then opens with 32 and has nothing new."""
    record, report = journal.receive(
        handed(taking(PHU_VAN, 32, 2, "h")), sent(models(PHU_VAN, FIRST, 32, 32), journal.context)
    )

    assert said(record) == []
    assert said(report) == []
    (kept,) = journal.handovers.values()
    assert (kept.openings, kept.from_areas) == ({CELL: 32}, {PHU_LY: {CELL: 2}})


@pytest.mark.parametrize(
    ("opening", "share", "code"),
    [
        (32, 1, "handover_equals_closings"),
        (32, 3, "handover_equals_closings"),
        (34, 4, "handover_exceeds_area"),
        (30, 31, "handover_share_within_opening"),
        (32, "2", "handover_share_misfit"),
    ],
)
def test_shares_are_held_against_openings_and_closings(
    journal: MemoryJournal, opening: int, share: object, code: str
) -> None:
    """What is not Phủ Lý's 3 must be the 30 of the old wards, no more and no less."""
    (outcome,) = journal.receive(handed(taking(PHU_VAN, opening, share, "h")))

    assert (code, "reject") in said(outcome)
    assert not journal.handovers


def test_all_that_name_a_district_share_what_it_had(journal: MemoryJournal) -> None:
    """Two and two of three: the second is refused, and told whose records there are."""
    first, second, third = journal.receive(
        handed(taking(PHU_VAN, 32, 2, "h1")),
        handed(taking(LIEM_TUYEN, 5, 2, "h2")),
        handed(taking(LIEM_TUYEN, 4, 1, "h3")),
    )

    assert [it.entry.verdict for it in (first, second, third)] == [
        "accepted",
        "rejected",
        "accepted",
    ]
    assert said(second) == [("handover_exceeds_area", "reject")]
    (finding,) = second.entry.findings
    for named in ("thành phố Phủ Lý", "phường Phù Vân", "phường Liêm Tuyền", "(4)", "(3)"):
        assert named.lower() in finding.message.lower()


def test_nobody_waits_for_a_district_that_has_not_reported(
    context: RuleContext, render: Renderer
) -> None:
    """A closing that is not known refuses nobody; the receipt says what was not compared."""
    journal = MemoryJournal(context, render)
    for unit in OLD:
        journal.receive(sent(models(unit, LAST, 10, 10), context))

    (outcome,) = journal.receive(handed(taking(PHU_VAN, 32, 2, "h")))

    assert said(outcome) == [("handover_closings_unknown", "warn")]


@pytest.mark.parametrize("area", [KIM_BANG, "35.1", "37.2", OLD[0], "NOWHERE"])
def test_only_an_ended_area_above_the_old_units_is_a_source(
    journal: MemoryJournal, area: str
) -> None:
    """Another district, a province that has a successor, one that lives on, an old ward."""
    (outcome,) = journal.receive(handed(handover(PHU_VAN, 32, "h", from_areas={area: {CELL: 2}})))

    assert ("handover_not_from_area", "reject") in said(outcome)


def test_a_share_of_what_is_not_handed_over_is_refused(journal: MemoryJournal) -> None:
    """The opening holds the share, so there is none without it."""
    shares = {PHU_LY: {"dvk_models_opening[field=kinh_te]": 1, "nonsense": 1}}

    (outcome,) = journal.receive(handed(handover(PHU_VAN, 30, "h", from_areas=shares)))

    assert said(outcome) == [("handover_share_without_opening", "reject")] * 2


@pytest.mark.parametrize(
    ("shares", "code", "field"),
    [
        ({PHU_LY: {CELL: -1}}, "negative", f"from_areas.{PHU_LY}.{CELL}"),
        ({PHU_LY: {CELL: "1.635"}}, "thousands_separator", f"from_areas.{PHU_LY}.{CELL}"),
        ({PHU_LY: {"Ô": 1}}, "bad_cell", f"from_areas.{PHU_LY}.Ô"),
        ({PHU_LY: 2}, "bad_figures_by_area", f"from_areas.{PHU_LY}"),
        ({PHU_LY: {}}, "bad_figures_by_area", f"from_areas.{PHU_LY}"),
        ([PHU_LY], "bad_figures_by_area", "from_areas"),
        ({PHU_LY: {f"c{n}": 1 for n in range(5000)}}, "too_many_figures", "from_areas"),
    ],
)
def test_malformed_shares_are_named(shares: object, code: str, field: str) -> None:
    """At the area and the cell, as figures are."""
    parsed = parse_submission(handed(handover(PHU_VAN, 32, "h", from_areas=shares)))

    assert (code, field) in [(it.code, it.field) for it in parsed.violations]


def test_more_than_the_old_wards_had_asks_for_a_note(journal: MemoryJournal) -> None:
    """Until the record comes: a report that opens with the district's 2 is explained, not false."""
    report = models(PHU_VAN, FIRST, 32, 32)
    bare = report.document(journal.context)
    explained = report.document(journal.context, note="Nhận 02 mô hình của thành phố Phủ Lý")

    asked, accepted = journal.receive(raw(bare), raw(explained))

    assert said(asked) == [("opening_above_predecessors", "needs_note")]
    assert said(accepted) == []
    assert [it.entry.verdict for it in (asked, accepted)] == ["accepted", "accepted"]


def test_less_than_the_old_wards_had_is_refused(journal: MemoryJournal) -> None:
    """A district that ended explains more, never less."""
    document = models(PHU_VAN, FIRST, 29, 29).document(journal.context, note="đã rà soát")

    (outcome,) = journal.receive(raw(document))

    assert said(outcome) == [("opening_equals_predecessors", "reject")]


def test_a_record_without_areas_keeps_its_hash() -> None:
    """A resend of an old record is still the same submission; with areas it is another."""
    old = handover(PHU_VAN, 30, "h")
    same, other = old | {"from_areas": {}}, taking(PHU_VAN, 30, 0, "h")

    hashes = [parse_submission(handed(it)).content_hash for it in (old, same, other)]

    assert hashes[0] == hashes[1] != hashes[2]


def test_correction_below_asks_no_ward_about_its_district(journal: MemoryJournal) -> None:
    """Phù Vân opened with 32; that one of its old wards corrects 15 to 14 contradicts nothing."""
    report = models(PHU_VAN, FIRST, 32, 32).document(journal.context, note="của Phủ Lý")
    journal.receive(raw(report))

    (outcome,) = journal.receive(sent(models(OLD[1], LAST, 14, 14), journal.context))

    assert outcome.questions == ()


@pytest.mark.parametrize("kind", ["slots", "handovers"])
def test_read_set_has_what_a_district_is_held_against(journal: MemoryJournal, kind: str) -> None:
    """Its closing, and the other records that name it; its series is locked, so one by one."""
    parsed = parse_submission(handed(taking(PHU_VAN, 32, 2, "h")))
    read_set = read_set_of([parsed], journal.context)
    lacking = (
        replace(read_set, slots={it for it in read_set.slots if it.unit != PHU_LY})
        if kind == "slots"
        else replace(read_set, handovers={it for it in read_set.handovers if it.unit != LIEM_TUYEN})
    )

    loaded = journal.load(lacking)

    assert ReportSeries(PHU_LY, "F05") in read_set.series
    with pytest.raises(KeyNotLoaded):
        violations_of(parsed, loaded, journal.context)


def violations_of(
    parsed: ParsedSubmission, loaded: LoadedState, context: RuleContext
) -> list[Violation]:
    """Return what is wrong with a handover by what was loaded."""
    validated = judge(parsed, context).validated
    assert isinstance(parsed.report, HandoverSubmitted)
    assert validated is not None
    return list(violations_in(parsed.report, validated, WorkingSet(loaded, context)))
