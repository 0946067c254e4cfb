"""The words of a letter: "trước ngày" leaves the day out, "chậm nhất ngày" takes it in."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.committees import Demand, letter_due
from shared.reference.deadlines import Wording
from shared.reference.periods import VIETNAM
from tests.articles import read
from tests.builders.reference import shipped_reference


@dataclass(frozen=True)
class Case:
    """Words of a real letter and the last day they leave."""

    text: str
    last_acceptable_day: date


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return an instant of October 2026 in Vietnam."""
    return datetime(2026, 10, day, hour, minute, tzinfo=VIETNAM)


def instant(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """Return an instant in Vietnam."""
    return datetime(year, month, day, hour, tzinfo=VIETNAM)


@pytest.mark.parametrize("case", read("deadline_wording", list[Case]), ids=lambda it: it.text)
def test_the_words_of_real_letters_leave_their_last_day(case: Case) -> None:
    """One day more or less is an accusation more or less."""
    found = Wording.parse(case.text)

    assert (found.text, found.last_acceptable_day) == (case.text, case.last_acceptable_day)
    midnight = datetime.combine(case.last_acceptable_day, datetime.min.time(), VIETNAM)
    assert found.due_at == midnight + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "last_day", "due_at"),
    [
        ("trước ngày 25/10/2026", 24, at(25)),
        ("chậm nhất ngày 25/10/2026", 25, at(26)),
        ("trước 17 giờ ngày 25/10/2026", 25, at(25, 17)),
        ("chậm nhất 17 giờ 00 ngày 25/10/2026", 25, at(25, 17)),
        ("Trước 16h30, ngày 25 tháng 10 năm 2026", 25, at(25, 16, 30)),
        ("chậm nhất là 11:15 ngày 25/10/2026", 25, at(25, 11, 15)),
        ("muộn nhất vào 17 giờ 00 phút ngày 25-10-2026.", 25, at(25, 17)),
        ("chậm  nhất đến\nngày 25.10.2026", 25, at(26)),
        ("trước 24 giờ ngày 25/10/2026", 25, at(26)),
        ("trước 0 giờ ngày 25/10/2026", 24, at(25)),
        ("đến hết ngày 25/10/2026", 25, at(26)),
        ("chậm nhất hết ngày 25/10/2026", 25, at(26)),
        ("trong ngày 25/10/2026", 25, at(26)),
        ("trước 17g00 ngày 25/10/2026", 25, at(25, 17)),
        ("chậm nhất 17h00 ngày 26/10/2026 (thứ Hai)", 26, at(26, 17)),
        ("trước ngày 25/10/2026 (Chủ nhật).", 24, at(25)),
        ("gửi trước ngày 25/10/2026", 24, at(25)),
        ("trước 16h30' ngày 25/10/2026", 25, at(25, 16, 30)),
        ("trước 16 giờ 30 phút ngày 25/10/2026", 25, at(25, 16, 30)),
        ("hết ngày 25/10/2026", 25, at(26)),
        ("chậm nhất đến hết ngày 25/10/2026", 25, at(26)),
        ("chậm nhất trong ngày 25/10/2026", 25, at(26)),
        ("không quá ngày 25/10/2026", 25, at(26)),
        ("không muộn hơn ngày 25/10/2026", 25, at(26)),
        ("trước thứ Hai, ngày 26/10/2026", 25, at(26)),
        ("trước cuối giờ làm việc ngày 26/10/2026", 26, at(26, 17)),
        ("chậm nhất cuối giờ làm việc ngày 26/10/2026 (thứ Hai)", 26, at(26, 17)),
        ("hết giờ làm việc ngày 26/10/2026", 26, at(26, 17)),
        ("đến 17 giờ ngày 26/10/2026", 26, at(26, 17)),
        ("trước\u00a0ngày\u00a025/10/2026", 24, at(25)),
        ("báo cáo trước ngày 25/10/2026", 24, at(25)),
        (unicodedata.normalize("NFD", "chậm nhất đến hết ngày 25/10/2026"), 25, at(26)),
        (unicodedata.normalize("NFD", "trước ngày 25/10/2026"), 24, at(25)),
    ],
)
def test_words_mean_one_instant(text: str, last_day: int, due_at: datetime) -> None:
    """On time means received before the instant; an hour, where there is one, sets it."""
    found = Wording.parse(text)

    assert (found.last_acceptable_day, found.due_at) == (date(2026, 10, last_day), due_at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ngày 25/10/2026",
        "sau ngày 25/10/2026",
        "trước ngày 31/9/2026",
        "trước ngày 25/10",
        "trước 25 giờ ngày 25/10/2026",
        "trước 16:60 ngày 25/10/2026",
        "trước ngày 25/10/2026 và sau đó",
        "trước ngày 25/10/1926",
        "trước ngày 25/10/2026 (thứ Hai)",
        "hết ngày 25/10/2026 trước",
        "đến ngày 25/10/2026",
        "trước thứ Ba, ngày 26/10/2026",
        "trước ngày 15/6 hằng năm",
        "trong 0 ngày kể từ ngày 26/10/2026",
        "trong 05 ngày làm việc kể từ ngày nhận được văn bản",
        "trong 05 ngày làm việc kể từ ngày 31/9/2026",
    ],
)
def test_words_that_set_no_date_are_refused(text: str) -> None:
    """A guessed date would accuse somebody; the letter has to be read by a person."""
    with pytest.raises(
        ValueError, match=r"read like|day|month|time|range|is (chủ nhật|thứ hai)|no day"
    ):
        Wording.parse(text)


@pytest.mark.parametrize(
    ("text", "due_at"),
    [
        # Saturday and Sunday give way to Monday; 1 and 2 September 2026 are holidays.
        ("chậm nhất ngày 25/10/2026", instant(2026, 10, 27)),
        ("hết ngày 24/10/2026", instant(2026, 10, 27)),
        ("không quá ngày 01/9/2026", instant(2026, 9, 4)),
        ("chậm nhất ngày 23/10/2026", instant(2026, 10, 24)),
        # The day on which it must be there is named; and an hour is meant as it is written.
        ("trước ngày 26/10/2026", instant(2026, 10, 26)),
        ("trước 17 giờ ngày 25/10/2026", instant(2026, 10, 25, 17)),
        ("chậm nhất 17 giờ 00 ngày 25/10/2026", instant(2026, 10, 25, 17)),
        # The day from which it counts is left out.
        ("trong 05 ngày làm việc kể từ ngày 26/10/2026", instant(2026, 11, 3)),
        (
            "trong vòng 5 (năm) ngày làm việc, kể từ ngày 24 tháng 10 năm 2026",
            instant(2026, 10, 31),
        ),
        ("báo cáo trong thời hạn 10 ngày kể từ ngày 15/10/2026", instant(2026, 10, 27)),
        ("trong 1 ngày kể từ ngày 26/10/2026.", instant(2026, 10, 28)),
    ],
)
def test_a_day_off_is_nobodys_last_day(text: str, due_at: datetime) -> None:
    """Civil Code 2015, Art. 147(2) and 148(5); whoever sends on the next working day is in time."""
    found = Wording.parse(text)
    letter = Demand("F05", "nd09.2026-M10", found.due_at, "Số 12-CV/BCĐ", found.text, found.term)

    assert letter_due(letter, shipped_reference().calendar) == due_at


def test_beyond_the_calendar_a_date_stands_as_it_is_written() -> None:
    """Letters in force say 31/12/2099; their reports waited for a calendar of that year."""
    found = Wording.parse("chậm nhất ngày 31/12/2099")

    assert found.term is not None
    assert found.term.end(shipped_reference().calendar) == found.due_at


@given(st.dates(date(2018, 1, 2), date(2026, 12, 31)), st.sampled_from(["chậm nhất", "hết"]))
def test_the_calendar_moves_no_date_earlier(day: date, words: str) -> None:
    """And the last day that it finds is a working day."""
    calendar = shipped_reference().calendar
    found = Wording.parse(f"{words} ngày {day:%d/%m/%Y}")

    assert found.term is not None
    end = found.term.end(calendar)

    assert end >= found.due_at
    assert calendar.is_working_day((end - timedelta.resolution).date())


@given(st.dates(date(2018, 1, 1), date(2030, 12, 31)))
def test_before_a_day_is_at_the_latest_on_the_day_before(day: date) -> None:
    """The two wordings differ by one day, in every month and year."""
    before = Wording.parse(f"trước ngày {day:%d/%m/%Y}")
    latest = Wording.parse(f"chậm nhất ngày {day - timedelta(days=1):%d/%m/%Y}")

    assert before.due_at == latest.due_at
    assert before.last_acceptable_day == latest.last_acceptable_day == day - timedelta(days=1)
