"""What a batch loads is what it looks up: a key that is missing is a failure, never a silence."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.domain.case import lay_out
from services.intake.domain.history import HistoryPart, UnitHistory
from services.intake.domain.loaded_state import KeyNotLoaded, LoadedState, ReadSet
from services.intake.domain.numbering import BatchOutcome, fold
from services.intake.domain.parsing import ParsedSubmission, parse_submission
from services.intake.domain.read_set import read_set_of
from services.intake.domain.rule import Rule
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.rules import RULES
from services.intake.domain.sources import backlog_queries, following, opening_sources, year_before
from services.intake.domain.state import HandoverKey, ReportSeries
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.domain.violations import Renderer
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot
from tests.builders.intake import COMMUNE_OF_HA_NOI, NOON, Report, raw
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import (
    DIVIDED,
    FIRST,
    LAST,
    MERGED,
    OLD,
    PARTS,
    REFORM,
    context_of,
    handed,
    handover,
    models,
    reformed,
    sent,
)

SLOT = Slot(MERGED, "F05", FIRST)
SETTLING = Slot(COMMUNE_OF_HA_NOI, "F04", "cal.2026-Q1")


@pytest.fixture(scope="module")
def after_reform(reference: ReferenceData) -> RuleContext:
    """Return the context in which the reform is known."""
    return context_of(reformed(reference))


@pytest.fixture(scope="module")
def journal(after_reform: RuleContext, render: Renderer) -> MemoryJournal:
    """Return a journal in which the old communes have closed, and the merged one has gone on."""
    journal = MemoryJournal(after_reform, render)
    for unit, total in zip((*OLD, DIVIDED), (10, 20, 5, 9), strict=True):
        journal.receive(sent(models(unit, LAST, total, total), after_reform))
    journal.receive(sent(models(MERGED, "cal.2025-Q4", 35, 36), after_reform))
    return journal


def _settling(context: RuleContext) -> RawSubmission:
    """Send a report that settles more cases than arose, as rule R5 allows with a backlog."""
    figures = {"pib_violations_detected": 1, "pib_cases_resolved": 2}
    return sent(Report(*SETTLING, figures), context)


def _keys(kind: str, keys: Iterable[object]) -> tuple[str, set[object]]:
    return kind, set(keys)


def _opening(slot: Slot, context: RuleContext) -> Iterator[Slot]:
    sources = opening_sources(slot, context)
    assert sources is not None
    yield from sources.preceding


def _closings(context: RuleContext) -> Iterator[Slot]:
    sources = opening_sources(SLOT, context)
    assert sources is not None
    for candidates in sources.predecessors:
        yield from candidates


Send = Callable[[RuleContext], RawSubmission]
REPORT: Send = lambda context: sent(models(MERGED, FIRST, 35, 36), context)  # noqa: E731
HANDOVER: Send = lambda _: handed(handover(MERGED, 35, "h"))  # noqa: E731
CLOSING: Send = lambda context: sent(models(OLD[0], LAST, 10, 11), context)  # noqa: E731
Removed = Callable[[RuleContext], tuple[str, set[object]]]
EVERY_KIND: dict[str, tuple[Send, Removed]] = {
    "the slot itself": (REPORT, lambda _: _keys("slots", [SLOT])),
    "the period before": (REPORT, lambda c: _keys("slots", _opening(SLOT, c))),
    "predecessors": (REPORT, lambda c: _keys("slots", _closings(c))),
    "the year before": (REPORT, lambda c: _keys("slots", [year_before(SLOT, c)])),
    "what follows": (REPORT, lambda c: _keys("slots", following(SLOT, c))),
    "the successor's opening": (CLOSING, lambda _: _keys("slots", [SLOT])),
    "a handover": (REPORT, lambda _: _keys("handovers", [HandoverKey(MERGED, "F05", REFORM)])),
    "the lock": (REPORT, lambda _: _keys("series", [ReportSeries(MERGED, "F05")])),
    "the backlog": (_settling, lambda c: _keys("backlogs", backlog_queries(SETTLING, c))),
    "a handover's own": (
        HANDOVER,
        lambda _: _keys("handovers", [HandoverKey(MERGED, "F05", REFORM)]),
    ),
    "a handover's closings": (HANDOVER, lambda c: _keys("slots", _closings(c))),
    "a handover's report": (HANDOVER, lambda _: _keys("slots", [SLOT])),
    "a handover's lock": (HANDOVER, lambda _: _keys("series", [ReportSeries(MERGED, "F05")])),
}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_forgotten_key_is_a_failure(kind: str, journal: MemoryJournal) -> None:
    """A rule that looks at what was not loaded would be silent in production, without a trace."""
    send, removed = EVERY_KIND[kind]
    parsed = parse_submission(send(journal.context))
    read_set = read_set_of([parsed], journal.context)
    name, keys = removed(journal.context)
    lacking = replace(read_set, **{name: getattr(read_set, name) - keys})

    complete = _fold(journal, [parsed], read_set)

    assert complete.all[0].entry.verdict == ("rejected" if kind == "the backlog" else "accepted")
    with pytest.raises(KeyNotLoaded):
        _fold(journal, [parsed], lacking)


def test_forgotten_event_is_a_failure(journal: MemoryJournal) -> None:
    """A resend would be decided as a new submission."""
    parsed = parse_submission(REPORT(journal.context))
    read_set = replace(read_set_of([parsed], journal.context), events=set())

    with pytest.raises(KeyNotLoaded):
        _fold(journal, [parsed], read_set)


UNITS = (*OLD, DIVIDED, MERGED, *PARTS)
PERIODS = (LAST, FIRST, "cal.2025-Q4", "cal.2025-6M", "cal.2025", "cal.2026-Q3")
STEPS = st.tuples(
    st.sampled_from(["report", "withdrawal", "handover"]),
    st.sampled_from(UNITS),
    st.sampled_from(PERIODS),
    st.integers(0, 3),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # they hold no state
)
@given(
    before=st.lists(STEPS, max_size=6),
    batch=st.lists(STEPS, min_size=1, max_size=4),
    data=st.data(),
)
def test_no_single_key_is_missed_in_silence(
    after_reform: RuleContext,
    render: Renderer,
    before: list[tuple[str, str, str, int]],
    batch: list[tuple[str, str, str, int]],
    data: st.DataObject,
) -> None:
    """Without any one key of its read set a batch fails, or never needed it."""
    journal = MemoryJournal(after_reform, render)
    journal.receive(*(_raw(step, f"b-{n}", after_reform) for n, step in enumerate(before)))
    parsed = [parse_submission(_raw(it, f"e-{n}", after_reform)) for n, it in enumerate(batch)]
    read_set = read_set_of(parsed, after_reform)
    complete = _fold(journal, parsed, read_set)
    kind = data.draw(st.sampled_from([it.name for it in fields(ReadSet)]))
    keys = getattr(read_set, kind)
    if not keys:
        return
    key = data.draw(st.sampled_from(sorted(keys)))

    try:
        lacking = _fold(journal, parsed, replace(read_set, **{kind: keys - {key}}))
    except KeyNotLoaded:
        return
    assert lacking == complete


@pytest.mark.parametrize("rule", RULES, ids=lambda it: it.code)
def test_a_rule_reads_what_it_states(rule: Rule, after_reform: RuleContext) -> None:
    """The read set is made of these statements: what a rule does not state is not loaded for it."""
    read = set[str]()

    class Recording(UnitHistory):
        def __getattribute__(self, name: str) -> Any:
            read.add(name)
            return super().__getattribute__(name)

    for report in (
        models(MERGED, FIRST, 35, 40),
        Report(
            *SETTLING,
            {
                "pib_cases_resolved": 2,
                "pib_violations_detected": 1,
                "cisb_boards": 3,
                "cisb_established": 1,
                "cisb_dissolved": 0,
            },
        ),
    ):
        event = parse_submission(sent(report, after_reform)).report
        assert event is not None
        list(rule.check(lay_out(event, NOON, Recording(), after_reform)))

    stated = {name.strip() for name in rule.reads.part.value.split(",")} if rule.reads else set()
    assert read & {it.name for it in fields(UnitHistory)} <= stated
    assert bool(read) == bool(rule.reads)


def test_every_part_of_the_history_is_read_by_some_rule() -> None:
    """A part that no rule reads would be loaded for nothing, or not at all."""
    parts = {it.reads.part for it in RULES if it.reads}

    assert parts == set(HistoryPart)
    assert {name.strip() for it in HistoryPart for name in it.value.split(",")} == {
        it.name for it in fields(UnitHistory)
    }


def _fold(
    journal: MemoryJournal, parsed: Iterable[ParsedSubmission], read_set: ReadSet
) -> BatchOutcome:
    loaded: LoadedState = journal.load(read_set)
    outcome = fold(loaded, parsed, journal.context, journal.render)
    for parked in outcome.parked:  # in production it concerns one submission; here it is the point
        raise KeyNotLoaded(parked.detail)
    return outcome


def _raw(step: tuple[str, str, str, int], event_id: str, context: RuleContext) -> RawSubmission:
    kind, unit, period, number = step
    if kind == "report":
        return sent(models(unit, period, number, number + 1), context, event_id=event_id)
    document = {"event_id": event_id, "occurred_at": "2026-11-22T12:00:00+07:00", "unit": unit}
    if kind == "withdrawal":
        document |= {"form": "F05", "period": period, "reason": "Nhập nhầm"}
        return raw(document, kind=SubmissionKind.WITHDRAWAL)
    return handed(handover(unit, number, event_id, period=period))
