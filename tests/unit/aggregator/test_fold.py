"""Totals stay right however often, and in whatever order, reports arrive."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregator.domain.fold import LedgerChange
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.totals import TotalKey, Totals
from services.aggregator.usecases.count import count_reports
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.reference.slots import Slot
from tests.builders.accepted_reports import (
    COMMUNE,
    DISTRICT,
    PROVINCE,
    ReportSubject,
    Value,
    accepted,
    revision_of,
    withdrawn,
)
from tests.doubles.ledger import MemoryLedger

OF_PROVINCE = TotalKey("F05", "cal.2023", PROVINCE, "xa")
OF_DISTRICT = TotalKey("F05", "cal.2023", DISTRICT, "xa")


def count(ledger: MemoryLedger, events: Iterable[Event], layouts: Layouts) -> LedgerChange:
    """Let a ledger count a batch of events; return what they changed."""
    revisions = [revision_of(event, layouts) for event in events]
    asyncio.run(count_reports(ledger, revisions, layouts))
    return ledger.changes[-1]


def figure(
    ledger: MemoryLedger, cell: str, layouts: Layouts, key: TotalKey = OF_PROVINCE
) -> object:
    """Return the sum of a cell and by how many reports it is given."""
    position = layouts.require(key.form, key.period).form.position[cell]
    totals = ledger.counted[key]
    return totals.sums[position], totals.reporting[position]


@pytest.mark.parametrize("key", [OF_PROVINCE, OF_DISTRICT])
def test_first_report_of_a_slot_counts_in_full(key: TotalKey, layouts: Layouts) -> None:
    """Ninh Bình built 421 new models in 2023: the published headline, in every area above."""
    ledger = MemoryLedger()

    count(ledger, [accepted({"dvk_models_new": 421})], layouts)

    assert figure(ledger, "dvk_models_new", layouts, key) == (421, 1)
    assert figure(ledger, "dvk_models_removed", layouts, key) == (0, 0)  # not reported, so nobody


def test_correction_adds_only_the_differences(layouts: Layouts) -> None:
    """A raised figure adds, a figure taken back no longer counts as reported, 0 does."""
    ledger = MemoryLedger()
    count(ledger, [accepted({"dvk_models_new": 412, "dvk_models_total": 7})], layouts)

    count(
        ledger,
        [accepted({"dvk_models_new": 421, "dvk_models_removed": 0}, revision=2)],
        layouts,
    )

    assert figure(ledger, "dvk_models_new", layouts) == (421, 1)
    assert figure(ledger, "dvk_models_total", layouts) == (0, 0)
    assert figure(ledger, "dvk_models_removed", layouts) == (0, 1)
    assert ledger.counted[OF_PROVINCE].reports == 1


@pytest.mark.parametrize("revision", [1, 2])
def test_revision_already_passed_changes_nothing(revision: int, layouts: Layouts) -> None:
    """Neither a late revision 1 nor a second revision 2 moves a slot that counts revision 2."""
    ledger = MemoryLedger()
    for n in (1, 2):
        count(ledger, [accepted({"dvk_models_new": 420 + n}, revision=n)], layouts)
    before = dict(ledger.counted)

    change = count(ledger, [accepted({"dvk_models_new": 999}, revision=revision)], layouts)

    assert (change.recorded, change.superseded, change.moves, change.dirty) == ([], [], {}, set())
    assert ledger.counted == before


def test_revision_twice_in_one_batch_counts_once(layouts: Layouts) -> None:
    """The first delivery of a revision holds; its like, even with other figures, does not."""
    ledger = MemoryLedger()

    change = count(
        ledger, [accepted({"dvk_models_new": 421}), accepted({"dvk_models_new": 999})], layouts
    )

    assert len(change.recorded) == 1
    assert figure(ledger, "dvk_models_new", layouts) == (421, 1)


def test_withdrawal_counts_nothing_and_can_be_filled_again(layouts: Layouts) -> None:
    """A total without reports is gone, not zero; a later revision counts in full."""
    ledger = MemoryLedger()
    count(ledger, [accepted({"dvk_models_new": 421})], layouts)

    count(ledger, [withdrawn(revision=2)], layouts)
    empty = dict(ledger.counted)
    count(ledger, [accepted({"dvk_models_new": 30}, revision=3)], layouts)

    assert empty == {}
    assert figure(ledger, "dvk_models_new", layouts) == (30, 1)


def test_late_older_revision_is_kept_in_its_place(layouts: Layouts) -> None:
    """History is whole: each revision ends when the next higher one was accepted."""
    ledger = MemoryLedger()
    first, second, third = (accepted({"dvk_models_new": n}, revision=n) for n in (1, 2, 3))

    count(ledger, [first, third], layouts)
    count(ledger, [second], layouts)

    slot = Slot(COMMUNE, "F05", "cal.2023")
    assert ledger.superseded_at == {
        (slot, 1): second.occurred_at,
        (slot, 2): third.occurred_at,
        (slot, 3): None,
    }
    assert figure(ledger, "dvk_models_new", layouts) == (3, 1)


def test_unit_that_moves_leaves_its_old_totals(layouts: Layouts) -> None:
    """A commune that becomes a ward of another district is counted there and only there."""
    ledger = MemoryLedger()
    count(ledger, [accepted({"dvk_models_new": 5})], layouts)

    change = count(
        ledger,
        [
            accepted(
                {"dvk_models_new": 6},
                ReportSubject(path=("D374.1", PROVINCE), unit_type="phuong"),
                revision=2,
                on_time=False,
            )
        ],
        layouts,
    )

    assert {(it.area, it.unit_type) for it in ledger.counted} == {
        ("D374.1", "phuong"),
        (PROVINCE, "phuong"),
    }
    late = ledger.counted[OF_PROVINCE._replace(unit_type="phuong")]
    assert (late.reports, late.on_time, late.late) == (1, 0, 1)
    assert {it.province for it in change.dirty} == {PROVINCE}


def test_rates_and_looked_up_figures_are_never_summed(layouts: Layouts) -> None:
    """A total holds no rate; a score is only in the total of the province that has it."""
    ledger = MemoryLedger()
    rate: dict[str, Value] = {
        "pib_cases_resolved": 9,
        "pib_violations_detected": 10,
        "pib_resolution_rate": "90",
    }

    count(ledger, [accepted(rate, ReportSubject(form="F04"))], layouts)
    own = ReportSubject(PROVINCE, (PROVINCE,), "tinh", "F07")
    count(ledger, [accepted({"par_index_score": "89.58"}, own)], layouts)
    count(ledger, [accepted({"par_index_score": "70.00"}, ReportSubject(form="F07"))], layouts)

    f04, f07 = OF_PROVINCE._replace(form="F04"), OF_PROVINCE._replace(form="F07")
    assert figure(ledger, "pib_resolution_rate", layouts, f04) == (0, 1)
    assert figure(ledger, "pib_cases_resolved", layouts, f04) == (9, 1)
    of_own = f07._replace(unit_type="tinh")
    assert figure(ledger, "par_index_score", layouts, of_own) == (8958, 1)
    assert figure(ledger, "par_index_score", layouts, f07) == (0, 0)


def test_qualifiers_come_and_go_with_their_report(layouts: Layouts) -> None:
    """A total is "more than" for as long as one of its parts is."""
    ledger = MemoryLedger()
    position = layouts.require("F05", "cal.2023").form.position["work_days"]
    qualified = accepted({"work_days": 193_000}, qualifiers={"work_days": "about"})
    count(ledger, [qualified, accepted({"work_days": 1}, ReportSubject("D373.C2"))], layouts)
    about = ledger.counted[OF_PROVINCE].about

    count(ledger, [accepted({"work_days": 193_251}, revision=2)], layouts)

    assert about is not None
    assert (about[position], sum(about)) == (1, 1)
    assert ledger.counted[OF_PROVINCE].about is None


Report = ReportAccepted | ReportWithdrawn
CELLS = ("dvk_models_new", "dvk_models_total", "work_days")
figures = st.dictionaries(st.sampled_from(CELLS), st.none() | st.integers(0, 9_999), min_size=1)
paths = st.sampled_from([(DISTRICT, PROVINCE), ("D374.1", PROVINCE), ("D017.1", "01.1")])


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    """Several slots, each with revisions that correct, move and withdraw."""
    reports: list[Report] = []
    for unit in ("A", "B", "C"):
        for revision in range(1, draw(st.integers(0, 4)) + 1):
            subject = ReportSubject(unit, draw(paths), draw(st.sampled_from(["xa", "phuong"])))
            if draw(st.integers(0, 3)) == 0:
                reports.append(withdrawn(subject, revision=revision))
                continue
            qualifiers = draw(st.dictionaries(st.sampled_from(CELLS), st.just("at_least")))
            reports.append(
                accepted(
                    draw(figures),
                    subject,
                    revision=revision,
                    qualifiers=qualifiers,
                    on_time=draw(st.sampled_from([True, False, None])),
                )
            )
    return reports


def naive(reports: Sequence[Report], layouts: Layouts) -> Mapping[TotalKey, Totals]:
    """Add up the newest revision of every slot, the slow and obvious way."""
    newest = {it.unit: it for it in sorted(reports, key=lambda it: it.revision)}
    groups: dict[TotalKey, list[ReportAccepted]] = defaultdict(list)
    for report in newest.values():
        if isinstance(report, ReportAccepted):
            for area in report.path:
                groups[TotalKey("F05", "cal.2023", area, report.unit_type)].append(report)
    keys = list(layouts.require("F05", "cal.2023").form.position)
    return {key: _naive_totals(its, keys) for key, its in groups.items()}


def _naive_totals(reports: Sequence[ReportAccepted], keys: Sequence[str]) -> Totals:
    def stated(report: ReportAccepted, key: str) -> bool:
        return report.figures.get(key) is not None

    at_least = [
        sum(stated(it, key) and it.qualifiers.get(key) == "at_least" for it in reports)
        for key in keys
    ]
    return Totals(
        sums=[sum(int(it.figures.get(key) or 0) for it in reports) for key in keys],
        reporting=[sum(stated(it, key) for it in reports) for key in keys],
        at_least=at_least if any(at_least) else None,
        reports=len(reports),
        on_time=sum(it.on_time for it in reports),
        late=sum(not it.on_time and not it.backfilled for it in reports),
    )


@given(history=histories(), data=st.data())
def test_order_and_repetition_do_not_matter(
    history: list[Report], data: st.DataObject, layouts: Layouts
) -> None:
    """Any delivery in any batches ends at the newest revisions, and at the same history."""
    repeats = data.draw(st.lists(st.sampled_from(history))) if history else []
    delivery = data.draw(st.permutations(history + repeats))
    cut = data.draw(st.integers(0, len(delivery)))
    ledger, in_order = MemoryLedger(), MemoryLedger()

    count(ledger, delivery[:cut], layouts)
    count(ledger, delivery[cut:], layouts)
    for event in history:
        count(in_order, [event], layouts)

    assert ledger.counted == naive(history, layouts)
    assert ledger.superseded_at == in_order.superseded_at
    assert ledger.counted == in_order.counted
