"""What the journal says of a revision is what was published of it, whatever happened around it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.domain.events import published
from services.intake.domain.republishing import CannotRepublish, Republishing
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import JournalEntry
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.domain.violations import Renderer
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from tests.builders.intake import COMMUNE_OF_NINH_BINH, NOON, Report, raw
from tests.builders.intake_journal import MemoryJournal

OTHER = "14329.1"
STEP = st.tuples(
    st.sampled_from(["report", "withdrawal"]),
    st.sampled_from([COMMUNE_OF_NINH_BINH, OTHER]),
    st.none() | st.integers(0, 3),
    st.booleans(),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # they hold no state
)
@given(steps=st.lists(STEP, max_size=12), cut=st.integers(1, 12))
def test_every_published_event_follows_from_the_journal(
    context: RuleContext,
    render: Renderer,
    steps: list[tuple[str, str, int | None, bool]],
    cut: int,
) -> None:
    """In order of revision for each slot, however the journal is read in batches."""
    journal = MemoryJournal(context, render)
    outcomes = journal.receive(*(_raw(step, number, context) for number, step in enumerate(steps)))
    first = [
        published(it.entry, it.validated.report, it.validated.figures)
        for it in outcomes
        if it.validated is not None and not it.entry.unchanged
    ]
    entries = sorted(
        (it for it in journal.entries if it.revision is not None and not it.unchanged), key=_order
    )

    republishing = Republishing(context)
    batches = [entries[start : start + cut] for start in range(0, len(entries), cut)]
    again = [it for batch in batches for it in republishing.events(batch)]

    assert [it.event for it in again] == sorted(first, key=_event_order)
    assert not any(it.derived for it in again)


def test_rejudgement_without_its_report_is_refused(context: RuleContext, render: Renderer) -> None:
    """Figures of another slot under a verdict of this one would be a lie."""
    journal = MemoryJournal(context, render)
    journal.receive(_raw(("report", COMMUNE_OF_NINH_BINH, 1, False), 0, context))
    (entry,) = journal.entries
    orphan = _as_rejudgement(entry)

    with pytest.raises(CannotRepublish, match="not in the journal"):
        list(Republishing(context).events([entry, orphan]))


def _as_rejudgement(entry: JournalEntry) -> JournalEntry:
    values = {name: getattr(entry, name) for name in entry.__slots__}
    body = b'{"document": "1-CV"}'
    return JournalEntry(
        **(values | {"kind": SubmissionKind.REJUDGEMENT, "unit": OTHER, "body": body})
    )


def _order(entry: JournalEntry) -> tuple[str, int]:
    return entry.unit or "", entry.revision or 0


def _event_order(event: ReportAccepted | ReportWithdrawn) -> tuple[str, int]:
    return event.unit, event.revision


def _raw(
    step: tuple[str, str, int | None, bool], number: int, context: RuleContext
) -> RawSubmission:
    kind, unit, total, qualified = step
    report = Report(unit, "F05", "cal.2023", {"dvk_models_total": total, "dvk_models_new": 1})
    document = report.document(context, event_id=f"e-{number}")
    if qualified and total is not None:
        document["qualifiers"] = {"dvk_models_total": "about"}
    if kind == "withdrawal":
        document = {k: v for k, v in document.items() if k not in {"figures", "qualifiers"}}
        document["reason"] = "nhầm"
        return raw(document, kind=SubmissionKind.WITHDRAWAL)
    return raw(document, received_at=NOON + timedelta(minutes=number))
