"""What a mail to a committee names; all its sentences are in test_letters.py."""

from dataclasses import replace
from datetime import date, timedelta

from services.notifier.channels.mail_writer import MailText, MailWriter
from services.notifier.domain.duties import Duty, DutyState
from services.notifier.domain.unit_names import UnitName, unit_name
from shared.reference.committees import Committee, Demand
from shared.reference.directory import Directory
from shared.reference.reference_data import ReferenceData
from tests.builders.letters import LATE, OLD, OLD_DUTIES, digest
from tests.builders.notifier import COMMITTEE, DUE_AT, duty


def written(
    reference: ReferenceData, duties: list[Duty], committee: Committee = COMMITTEE
) -> MailText:
    return MailWriter().write(digest(reference, tuple(duties), committee))


HOSTILE = "Xã <script>alert(1)</script>\u202e\r\nBcc: x {{7*7}}"


def overdue(unit: str) -> Duty:
    return duty(unit, DutyState.OVERDUE)


def test_html_says_what_the_plain_text_says(reference: ReferenceData) -> None:
    """A letter's own words, an extension, who answers for a unit that has ended."""
    mail = written(reference, list(OLD_DUTIES), OLD)

    assert "Đảng ủy phường Đông Thành<br><small>(đến hết ngày 30/6/2025; nay là phường" in mail.html
    assert f"Văn bản gia hạn: {OLD.extensions[0].document}." in mail.html
    assert "trước ngày 20/6/2025 (chậm nhất hết ngày 19/6/2025)." in mail.html


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

    (section,) = digest(reference, (kept,), replace(COMMITTEE, demands=(earlier,))).sections

    assert (section.wording, section.document) == ("", document)


def test_most_overdue_come_first(reference: ReferenceData) -> None:
    """Another form, due a month earlier, stands above; its committee named no document."""
    older = replace(overdue(LATE[0]), due_at=DUE_AT - timedelta(days=30))
    older = replace(older, slot=older.slot._replace(form="F01", period="nd09.2026-M10"))
    asking = replace(
        COMMITTEE, demands=(*COMMITTEE.demands, Demand("F01", "nd09.2026-M10", None, ""))
    )

    composed = digest(reference, (overdue(LATE[1]), older), asking)
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
