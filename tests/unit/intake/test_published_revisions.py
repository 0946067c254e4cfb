"""A slot that has forgotten a published revision learns it, and accuses nobody by that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.domain.published_revisions import learnt, newest_by_slot, published_report
from services.intake.domain.state import SlotState
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.wire import encode
from shared.reference.slots import Slot

KEY = Slot("00004.2", "F05", "cal.2025")
DUE = datetime(2026, 1, 8, 10, tzinfo=UTC)
FIRST = DUE - timedelta(hours=1)
HELD = SlotState(
    KEY,
    revision=26,
    figures_hash=b"figures of revision 26",
    first_received_at=FIRST,
    due_at=DUE,
    deadline_rule="cal.5wd",
    on_time=True,
    figures=(11,),
    form_version=1,
    source="demo",
    event_id="n-11",
    content_revision=26,
)
ACCEPTED = ReportAccepted(
    event_id="e-27",
    occurred_at=DUE,
    source="demo",
    submission_id="n-22",
    unit=KEY.unit,
    unit_type="xa",
    path=("00004.2", "01.2"),
    form=KEY.form,
    form_version=1,
    period=KEY.period,
    revision=27,
    figures={"work_days": 22},
    received_at=DUE + timedelta(days=1),
    first_received_at=FIRST,
    due_at=DUE,
    deadline_rule="cal.5wd",
    on_time=True,
)
WITHDRAWN = ReportWithdrawn(
    **ACCEPTED.model_dump(include=set(ReportWithdrawn.model_fields)), reason="nhầm"
)


@pytest.mark.parametrize("slot", [HELD, SlotState(KEY)])
def test_a_correction_is_known_and_who_was_in_time_stays_in_time(slot: SlotState) -> None:
    """The receipt of an empty slot's first report must not be that of whoever sends it again."""
    known = learnt(slot, ACCEPTED)

    assert (known.revision, known.content_revision, known.holds(27)) == (27, 27, True)
    assert (known.first_received_at, known.due_at, known.on_time) == (FIRST, DUE, True)
    assert (known.source, known.event_id) == ("demo", "n-22")


def test_what_the_journal_lacks_is_unchanged_by_nothing() -> None:
    """Whoever sends the old figures again must not be told that they stand: others have newer."""
    known = learnt(HELD, ACCEPTED)

    assert known.filled
    assert known.figures_hash != HELD.figures_hash
    assert known.figures is None


def test_a_withdrawal_empties_the_slot() -> None:
    assert learnt(HELD, WITHDRAWN) == SlotState(KEY, 27, content_revision=27)


def test_a_verdict_judged_again_changes_no_content() -> None:
    """The submission is in the journal; only the document that judged it again is not."""
    later = DUE + timedelta(days=30)
    judged = ACCEPTED.model_copy(
        update={"submission_id": "n-11", "due_at": later, "rejudged": "Số 15-CV"}
    )

    assert learnt(HELD, judged) == replace(HELD, revision=27, due_at=later)


def test_the_highest_revision_of_a_slot_counts() -> None:
    """A relay may repeat older ones after it."""
    older = ACCEPTED.model_copy(update={"revision": 26})

    assert newest_by_slot([ACCEPTED, WITHDRAWN.model_copy(update={"revision": 28}), older]) == {
        KEY: WITHDRAWN.model_copy(update={"revision": 28})
    }


@pytest.mark.parametrize("event", [ACCEPTED, WITHDRAWN])
def test_what_intake_publishes_is_read(event: ReportAccepted | ReportWithdrawn) -> None:
    message = encode(event, "qcdc/intake")

    assert published_report(message.headers, message.body) == event


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([], b"{}"),
        ([("ce_type", b"qcdc.ReportAccepted.v1")], None),
        ([("ce_type", b"qcdc.ReportAccepted.v1")], b"\xff"),
        ([("ce_type", b"qcdc.ReportAccepted.v1")], b'{"revision": 1}'),
        ([("ce_type", b"\xff")], b"{}"),
    ],
)
def test_what_others_wrote_there_is_passed_over(
    headers: list[tuple[str, bytes]], body: bytes | None
) -> None:
    assert published_report(headers, body) is None
