"""The mail that a committee gets, compared with a golden file."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from services.notifier.channels.mail_writer import MailText, MailWriter
from services.notifier.domain.digest import Digest, compose
from services.notifier.domain.duties import Duty, DutyState
from services.notifier.domain.unit_names import UnitName, unit_name
from shared.reference.committees import Committee, Demand, Extension
from shared.reference.directory import Directory
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot
from tests.builders.notifier import COMMITTEE, CONTACT, DUE_AT, duty

GOLDEN = Path(__file__).parent / "golden"
LATE = ("14464.2", "14362.2", "13483.2")


def old(unit: str, due_at: datetime, rule: str) -> Duty:
    """Return a duty of the month before the reform, which is late to this day."""
    slot = Slot(unit, "F05", "nd09.2025-M06")
    return Duty(slot, "37.1", "ninh_binh_cu", due_at, rule, DutyState.OVERDUE)


def written(
    reference: ReferenceData, duties: list[Duty], committee: Committee = COMMITTEE
) -> MailText:
    return MailWriter().write(digest(reference, duties, committee))


OLD = Committee(
    key="ninh_binh_cu",
    name_vi="Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở tỉnh Ninh Bình",
    area="37.1",
    programmes=("dan_chu_co_so",),
    letter_style="state",
    contacts=(CONTACT,),
    demands=(
        Demand(
            "F05",
            "nd09.2025-M06",
            datetime(2025, 6, 20, tzinfo=VIETNAM),
            "Công văn số 31/BCĐ-VP ngày 02/6/2025",
            "trước ngày 20/6/2025",
        ),
    ),
    extensions=(
        Extension(
            "F05",
            "nd09.2025-M06",
            frozenset({"14503.1"}),
            datetime(2025, 6, 27, 17, tzinfo=VIETNAM),
            "Công văn số 36/BCĐ-VP ngày 19/6/2025",
            "chậm nhất 17 giờ 00 ngày 27/6/2025",
        ),
    ),
)
OLD_DUTIES = [
    old("14320.1", datetime(2025, 6, 20, tzinfo=VIETNAM), OLD.demands[0].document),
    old("14503.1", datetime(2025, 6, 27, 17, tzinfo=VIETNAM), OLD.extensions[0].document),
]
HOSTILE = "Xã <script>alert(1)</script>\u202e\r\nBcc: x {{7*7}}"


def digest(
    reference: ReferenceData, duties: list[Duty], committee: Committee = COMMITTEE
) -> Digest:
    reported = {("F05", "nd09.2026-M11"): 126, ("F01", "nd09.2026-M10"): 128}
    as_of = DUE_AT + timedelta(days=3, minutes=4)
    return compose(
        committee, CONTACT, duties, reported, as_of, replace(reference, committees=(committee,))
    )


def overdue(unit: str) -> Duty:
    return duty(unit, DutyState.OVERDUE)


@pytest.mark.parametrize("style", ["party", "state"])
def test_letter_is_the_golden_one(reference: ReferenceData, style: str) -> None:
    """Committees read this; a changed word is a decision, not an accident."""
    committee = replace(COMMITTEE, letter_style=style)

    mail = written(reference, [overdue(it) for it in LATE], committee)

    golden = (GOLDEN / f"digest_{style}.txt").read_text(encoding="utf-8")
    assert f"{mail.subject}\n\n{mail.text}" == golden


def test_letter_about_what_ended_since_is_the_golden_one(reference: ReferenceData) -> None:
    """
    Units of the old Ninh Bình, by a letter's own words, and two with more time by another letter.

    One unit passed whole, one was divided: who answers for it now is named beside it, and the old
    province carries its last day.
    """
    mail = written(reference, OLD_DUTIES, OLD)

    golden = (GOLDEN / "digest_ended.txt").read_text(encoding="utf-8")
    assert f"{mail.sender}\n{mail.subject}\n\n{mail.text}" == golden
    assert "Phường Đông Thành<br><small>(đến hết ngày 30/6/2025; nay là" in mail.html
    assert f"Văn bản gia hạn: {OLD.extensions[0].document}." in mail.html
    assert "trước ngày 20/6/2025, tức là trước 00 giờ 00" in mail.html


def test_old_and_new_province_of_one_name_are_told_apart(reference: ReferenceData) -> None:
    """Tây Ninh was 72 and is 80, and 80 was Long An; only one of the three is a bare name."""
    today = date(2026, 11, 20)

    named = {it: unit_name(it, today, reference) for it in ("72.1", "80.1", "80.2")}

    end, heir = date(2025, 6, 30), ("Tỉnh Tây Ninh",)
    assert named == {
        "72.1": UnitName("Tỉnh Tây Ninh", end, heir, whole=True),
        "80.1": UnitName("Tỉnh Long An", end, heir, whole=True),
        "80.2": UnitName("Tỉnh Tây Ninh"),
    }
    assert unit_name("80.1", end, reference) == UnitName(
        "Tỉnh Long An"
    )  # on its last day it exists


def test_words_that_no_longer_hold_are_not_shown(reference: ReferenceData) -> None:
    """The letter names an earlier date now; the unit keeps the later one, without its wording."""
    document = COMMITTEE.demands[0].document
    earlier = replace(
        COMMITTEE.demands[0], due_at=DUE_AT - timedelta(days=1), wording="trước ngày 17/11/2026"
    )
    kept = replace(overdue(LATE[0]), deadline_rule=document)

    (section,) = digest(reference, [kept], replace(COMMITTEE, demands=(earlier,))).sections

    assert (section.wording, section.document) == ("", document)


def test_most_overdue_come_first(reference: ReferenceData) -> None:
    """Another form, due a month earlier, stands above; its committee named no document."""
    older = replace(overdue(LATE[0]), due_at=DUE_AT - timedelta(days=30))
    older = replace(older, slot=Slot(older.slot.unit, "F01", "nd09.2026-M10"))
    asking = replace(
        COMMITTEE, demands=(*COMMITTEE.demands, Demand("F01", "nd09.2026-M10", None, ""))
    )

    composed = digest(reference, [overdue(LATE[1]), older], asking)
    mail = MailWriter().write(composed)

    assert [it.form for it in composed.sections] == ["F01", "F05"]
    assert "02 đơn vị chưa gửi báo cáo theo 02 yêu cầu" in mail.subject
    assert mail.text.count("Văn bản yêu cầu") == 1


def test_hostile_names_do_no_harm(reference: ReferenceData) -> None:
    """A name is text: in HTML, in a template, and in a header line."""
    units = [
        replace(it, name=HOSTILE) if it.key in {LATE[0], COMMITTEE.area} else it
        for it in reference.directory
        if it.key in {LATE[0], COMMITTEE.area}
    ]
    mail = written(replace(reference, directory=Directory(units)), [overdue(LATE[0])])

    assert "<script>" not in mail.html
    assert "49" not in mail.text
    assert "\u202e" not in mail.text + mail.html + mail.subject
    assert "\n" not in mail.subject
