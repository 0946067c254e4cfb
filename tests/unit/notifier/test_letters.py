"""Every sentence of the mails that committees get, on one page that a reader can check."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from services.notifier.channels.mail_writer import MailWriter, deadline
from services.notifier.domain.digest import DigestSection
from shared.reference.committee_people import ROLES, Contact
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot
from shared.reference.wordings import Wording
from tests.builders.letters import AS_OF, HEAD, LATE, OFFICER, digest, late, letters
from tests.builders.notifier import COMMITTEE

PAGE = Path(__file__).parent / "golden" / "letters.txt"

REGENERATE = False
"""Set it to write the page anew, and read the difference."""

WORDINGS = (
    "trước ngày 20/6/2025",
    "chậm nhất ngày 20/6/2025",
    "chậm nhất hết ngày 20/6/2025",
    "trước 17g00 ngày 20/6/2025",
    "chậm nhất 17 giờ 00 ngày 20/6/2025",
    "chậm nhất cuối giờ làm việc ngày 20/6/2025",
)


def page(reference: ReferenceData) -> Iterator[str]:
    """Yield the page: whole mails, then what varies more than whole mails can show."""
    for title, mail in letters(reference):
        yield f"===== {title}\nNgười gửi: {mail.sender}\nTiêu đề: {mail.subject}\n\n{mail.text}\n"
    yield from ("===== Kính gửi, mở đầu, đề nghị\n", *dict.fromkeys(_by_role(reference)), "\n")
    yield from ("===== Thời hạn gửi\n", *_deadlines(reference), "\n")
    yield from ("===== Tiêu đề theo biểu mẫu\n", *_subjects(reference))


def _by_role(reference: ReferenceData) -> Iterator[str]:
    for style, role in product(("party", "state"), ROLES):
        committee = replace(COMMITTEE, letter_style=style)
        contact = Contact("A", role, "a@example.vn")
        mail = MailWriter().write(digest(reference, (late(LATE[0]),), committee, contact))
        lines = mail.text.splitlines()
        yield "".join(f"{it}\n" for it in lines if "Kính" in it or "Đề nghị" in it[:8])


def _deadlines(reference: ReferenceData) -> Iterator[str]:
    (section,) = digest(reference, (late(LATE[0]),)).sections
    for words in WORDINGS:
        yield f"{words}\n    {deadline(_due(section, Wording.parse(words).due_at, words))}\n"
    for hour in (0, 17):
        due_at = datetime(2025, 6, 20, hour, tzinfo=VIETNAM)
        yield f"{due_at}\n    {deadline(_due(section, due_at, ''))}\n"


def _due(section: DigestSection, due_at: datetime, wording: str) -> DigestSection:
    return replace(section, due_at=due_at, wording=wording)


def _subjects(reference: ReferenceData) -> Iterator[str]:
    for form, period in product(reference.catalogue.forms, ("cal.2024-H1", "cal.2026")):
        duty = late(LATE[0], slot=Slot(LATE[0], form.code, period))
        yield f"{MailWriter().heading(digest(reference, (duty,)))[1]}\n"


def test_all_mails_are_those_of_the_page(reference: ReferenceData) -> None:
    """Committees read this; a changed word is a decision, not an accident."""
    written = "".join(page(reference))
    if REGENERATE:
        PAGE.write_text(written, encoding="utf-8")

    assert written == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("style", ["party", "state"])
def test_one_reports_to_a_leader_and_asks_an_officer(reference: ReferenceData, style: str) -> None:
    """The head is not told to follow up, and the desk officer is not reported to."""
    committee = replace(COMMITTEE, letter_style=style)
    duties = (late(LATE[0]),)

    to_head, to_officer = (
        MailWriter().write(digest(reference, duties, committee, it)).text for it in (HEAD, OFFICER)
    )

    person = {"party": "đồng chí", "state": "Ông (Bà)"}[style]
    assert f"Kính báo cáo {person}: tính đến" in to_head
    assert f"Kính đề nghị {person} quan tâm chỉ đạo, đôn đốc đơn vị" in to_head
    assert "Kính báo cáo" not in to_officer
    assert f"Đề nghị {person} theo dõi, đôn đốc đơn vị" in to_officer


def test_position_goes_before_the_role(reference: ReferenceData) -> None:
    """A letter names the office that somebody holds; the role stands in where none is recorded."""
    duties = (late(LATE[0]),)

    named, unnamed = (
        MailWriter().write(digest(reference, duties, COMMITTEE, it, AS_OF)).text
        for it in (HEAD, replace(HEAD, position=""))
    )

    assert f"Kính gửi: Đồng chí Nguyễn Văn Ví, {HEAD.position}\n" in named
    assert "Kính gửi: Đồng chí Nguyễn Văn Ví, Trưởng Ban Chỉ đạo\n" in unnamed
