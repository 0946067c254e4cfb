"""The oracle takes no complaint for a reason that is none."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.waiting import Complaint, Complaints, Late, unexplained

DUE = datetime(2026, 9, 20, tzinfo=UTC)
LATE = Late("13324.2", DUE, DUE + timedelta(seconds=12))


@pytest.mark.parametrize(
    ("seconds", "process", "part", "explained"),
    [
        (5, "notifier-2", "consumer notifier", True),
        (5, "intake", "outbox qcdc.reports.v1", True),
        (-1, "intake", "outbox qcdc.reports.v1", False),
        (13, "intake", "outbox qcdc.reports.v1", False),
        (5, "intake", "breaker qcdc.submissions.hostile.v1/0", False),
        (5, "intake", "outbox qcdc.dead-letters.v1", False),
        (5, "aggregator", "consumer aggregator", False),
    ],
)
def test_only_a_complaint_that_concerns_judging_explains(
    seconds: int, process: str, part: str, explained: bool
) -> None:
    """And only one that was heard while the duty waited."""
    at = DUE + timedelta(seconds=seconds)
    complaints = Complaints([Complaint(at, process, part, "something")])

    assert [*unexplained([LATE], complaints)] == (
        [] if explained else ["13324.2 was judged 0:00:12 late, and nobody says why"]
    )


def test_silence_explains_nothing() -> None:
    """Planted: nobody complains."""
    assert [*unexplained([LATE], Complaints())]
