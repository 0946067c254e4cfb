"""R15: the parts of a window and the whole tell one story, whichever of them comes last."""

from collections.abc import Callable, Mapping
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.nesting import Part, disagreements
from services.intake.domain.violations import Renderer
from shared.reference.periods import KINDS, contains, periods_of_year, window
from shared.reference.reference_data import ReferenceData
from tests.builders.intake import COMMUNE_OF_HA_NOI, Report
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import context_of, sent

CODE = "parts_agree_with_whole"
Send = Callable[..., list[str]]


@pytest.fixture
def send(reference: ReferenceData, render: Renderer) -> Send:
    """Return what sends figures for a period and answers with the sentences of R15."""
    journal = MemoryJournal(context_of(reference), render)

    def send(period: str, dialogues: int, qualifiers: Mapping[str, str] | None = None) -> list[str]:
        report = Report(
            COMMUNE_OF_HA_NOI, "F01", period, {"dialogues_held": dialogues}, qualifiers=qualifiers
        )
        (outcome,) = journal.receive(sent(report, journal.context))
        assert outcome.entry.verdict == "accepted"
        return [it.message for it in outcome.entry.findings if it.code == CODE]

    return send


def test_the_finding_of_a22(send: Send) -> None:
    """Q1 = 5, Q2 = 7, H1 = 3, year = 40 passed without a remark."""
    assert send("cal.2024-Q1", 5) == send("cal.2024-Q2", 7) == []

    (half,) = send("cal.2024-H1", 3)
    assert half.endswith(
        "cộng số liệu của quý I năm 2024, quý II năm 2024 được 12, trong khi số liệu của 6 tháng"
        " đầu năm 2024 là 3; đề nghị kiểm tra lại."
    )
    assert send("cal.2024", 40) == []
    (year,) = send("cal.2024-H2", 36)
    assert year.endswith(
        "cộng số liệu của 6 tháng đầu năm 2024, 6 tháng cuối năm 2024 được 39, trong khi số liệu"
        " của năm 2024 là 40; đề nghị kiểm tra lại."
    )


def test_parts_that_are_not_all_known_may_be_less(send: Send) -> None:
    """The other quarters may hold the rest, and cannot hold less than nothing."""
    assert send("cal.2024-Q1", 5) == send("cal.2024-Q3", 7) == send("cal.2024", 12) == []

    (told,) = send("cal.2024-Q4", 1)
    assert told.endswith(
        "chỉ riêng quý I năm 2024, quý III năm 2024, quý IV năm 2024 đã là 13, nhiều hơn số liệu"
        " của năm 2024 (12); đề nghị kiểm tra lại."
    )


@pytest.mark.parametrize(
    "order", [*permutations(["cal.2024-Q1", "cal.2024-Q2", "cal.2024-H1"])], ids="-".join
)
def test_the_last_to_come_is_warned(send: Send, order: tuple[str, ...]) -> None:
    """A part may come after the whole."""
    figures = {"cal.2024-Q1": 5, "cal.2024-Q2": 7, "cal.2024-H1": 13}

    told = [len(send(period, figures[period])) for period in order]

    assert told == [0, 0, 1]


def test_what_agrees_or_is_not_known_is_left_alone(send: Send) -> None:
    """Twelve months are a year; "more than" agrees with nothing; regimes are not compared."""
    assert [send(f"cal.2024-M{month:02}", month) for month in range(1, 13)] == [[]] * 12
    assert send("cal.2024", 78) == send("nd09.2024", 3) == []
    assert send("cal.2024-Q2", 16, {"dialogues_held": "at_least"}) == []
    assert len(send("cal.2024-Q3", 25)) == 2, "its three months, and the year"


def test_a_correction_ends_the_warning(send: Send) -> None:
    """What is in force counts, not what was sent first."""
    send("cal.2024-H1", 3)
    send("cal.2024-H2", 4)
    assert len(send("cal.2024", 8)) == 1

    assert send("cal.2024", 7) == []


def test_one_batch_is_as_good_as_three(reference: ReferenceData, render: Renderer) -> None:
    """Nothing of it was stored when the batch was loaded."""
    journal = MemoryJournal(context_of(reference), render)
    figures = {"cal.2024": 40, "cal.2024-H1": 3, "cal.2024-H2": 36}
    reports = [
        Report(COMMUNE_OF_HA_NOI, "F01", period, {"dialogues_held": held})
        for period, held in figures.items()
    ]

    outcomes = journal.receive(*(sent(it, journal.context) for it in reports))

    told = [[it.code for it in outcome.entry.findings].count(CODE) for outcome in outcomes]
    assert told == [0, 0, 1]


YEAR = [it for kind in KINDS for it in periods_of_year("cal", kind, 2024)]


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.sets(st.sampled_from(YEAR)))
def test_one_true_story_is_never_questioned(by_month: list[int], told: set[object]) -> None:
    """Whatever windows a unit reports of what happened by month."""
    months = periods_of_year("cal", "month", 2024)
    parts = [
        Part(it, sum(n for m, n in zip(months, by_month, strict=True) if contains(it, m)))
        for it in YEAR
        if it in told
    ]

    for number, part in enumerate(parts):
        assert not list(disagreements(part, parts[:number]))


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.integers(1, 9))
def test_one_more_than_all_parts_is_always_found(by_month: list[int], more: int) -> None:
    """With all twelve months known, a year with more or fewer is named with both numbers."""
    months = [Part(*it) for it in zip(periods_of_year("cal", "month", 2024), by_month, strict=True)]
    (year,) = periods_of_year("cal", "year", 2024)

    (found,) = disagreements(Part(year, sum(by_month) + more), months)

    assert (found.complete, found.sum, found.parts) == (True, sum(by_month), tuple(months))


def test_windows_of_a_committee_are_held_against_each_other() -> None:
    """The stage 2021-2023 is three yearly windows of the committee's own regime."""
    years = [window("bcd", date(it, 1, 1), date(it, 12, 31)) for it in (2021, 2022, 2023)]
    stage = window("bcd", date(2021, 1, 1), date(2023, 12, 31))
    parts = [Part(it, 80) for it in years]

    (found,) = disagreements(parts[2], [*parts[:2], Part(stage, 251)])

    assert (found.sum, found.whole.amount, len(found.parts)) == (240, 251, 3)
