"""The letter that a committee gets, compared with a golden file."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifier.channel import Letter
from services.notifier.channels.email import write_message
from services.notifier.domain.digest import Digest, Registers, compose
from services.notifier.domain.duties import Duty, State
from services.notifier.letter import LetterWriter, Words
from shared.domain.committees import Committee, Demand
from shared.domain.directory import Directory
from shared.infra.facts import Facts
from shared.infra.vietnamese import name_key
from tests.unit.notifier.samples import COMMITTEE, CONTACT, DUE_AT, duty

GOLDEN = Path(__file__).parent / "golden"
LATE = ("14464.2", "14362.2", "13483.2")
HOSTILE = "Xã <script>alert(1)</script>\u202e\r\nBcc: x {{7*7}}"


def digest(facts: Facts, duties: list[Duty], committee: Committee = COMMITTEE) -> Digest:
    registers = Registers(facts.catalogue, facts.directory, facts.calendar, name_key)
    reported = {("F05", "nd09.2026-M11"): 126, ("F01", "nd09.2026-M10"): 128}
    as_of = DUE_AT + timedelta(days=3, minutes=4)
    return compose(committee, CONTACT.email, duties, reported, as_of, registers)


def overdue(unit: str) -> Duty:
    return duty(unit, State.OVERDUE)


def written(facts: Facts, duties: list[Duty], committee: Committee = COMMITTEE) -> Words:
    return LetterWriter().write(digest(facts, duties, committee))


@pytest.mark.parametrize("style", ["party", "state"])
def test_letter_is_the_golden_one(facts: Facts, style: str) -> None:
    """Committees read this; a changed word is a decision, not an accident."""
    committee = replace(COMMITTEE, letter_style=style)

    words = written(facts, [overdue(it) for it in LATE], committee)

    golden = (GOLDEN / f"digest_{style}.txt").read_text(encoding="utf-8")
    assert f"{words.subject}\n\n{words.text}" == golden


def test_most_overdue_come_first(facts: Facts) -> None:
    """Another form, due a month earlier, stands above; its committee named no document."""
    older = replace(overdue(LATE[0]), due_at=DUE_AT - timedelta(days=30))
    older = replace(older, slot=replace(older.slot, form="F01", period="nd09.2026-M10"))
    asking = replace(
        COMMITTEE, demands=(*COMMITTEE.demands, Demand("F01", "nd09.2026-M10", None, ""))
    )

    found = digest(facts, [overdue(LATE[1]), older], asking)
    words = LetterWriter().write(found)

    assert [it.form for it in found.sections] == ["F01", "F05"]
    assert "02 đơn vị chưa gửi báo cáo theo 02 yêu cầu" in words.subject
    assert words.text.count("Văn bản yêu cầu") == 1


def test_hostile_names_do_no_harm(facts: Facts) -> None:
    """A name is text: in HTML, in a template, and in a header line."""
    units = [
        replace(it, name=HOSTILE) if it.key in {LATE[0], COMMITTEE.area} else it
        for it in facts.directory
        if it.key in {LATE[0], COMMITTEE.area}
    ]
    words = written(replace(facts, directory=Directory(units)), [overdue(LATE[0])])

    assert "<script>" not in words.html
    assert "49" not in words.text
    assert "\u202e" not in words.text + words.html + words.subject
    assert "\n" not in words.subject


def test_message_is_text_and_html_and_says_that_a_machine_sent_it(facts: Facts) -> None:
    """RFC 3834 keeps other machines from answering."""
    words = written(facts, [overdue(LATE[0])])
    letter = Letter(
        message_id="<1@example.vn>",
        sender_name="Ban Chỉ đạo tỉnh Ninh Bình (QCDC)",
        recipient_name="Nguyễn Văn A",
        address=CONTACT.email,
        subject=words.subject,
        text=words.text,
        html=words.html,
        written_at=DUE_AT,
    )

    message = write_message(letter, "qcdc@example.vn")

    assert [it.get_content_type() for it in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<1@example.vn>"
    assert message["Subject"] == words.subject
    assert message["Date"].endswith("+0700")
