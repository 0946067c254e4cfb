"""Subject, From and To arrive byte for byte, and nobody's name becomes a header of its own."""

from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notifier.channels.mail import Mail
from services.notifier.channels.mail_writer import MailText, MailWriter
from services.notifier.channels.message import write_message
from services.notifier.domain.addressee import addressee
from services.notifier.domain.digest import Digest, DigestLine, DigestSection
from services.notifier.domain.unit_names import UnitName, one_line, unit_name
from shared.reference.periods import label_vi, parse_period
from shared.reference.reference_data import ReferenceData
from tests.builders.notifier import COMMITTEE, CONTACT, DUE_AT
from tests.rfc2047 import Malformed, mailbox_of, read_message, text_of

SENDER = "ban-chi-dao@qcdc.example.vn"
FIELDS = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
COUNTS = (1, 7, 129, 1234)
NAMES = (
    "Trần Văn Mẫu",
    'Nguyễn Thị "Út" Hạnh (Phó Trưởng ban Thường trực)',
    "Văn phòng \\ Ban Chỉ đạo; <tổng hợp>, @ tỉnh",
    "A",
    "Tran Van Mau",
    'Tran "Mau" (Van phong) \\ 1',
    "Ủy ban Mặt trận Tổ quốc Việt Nam và các tổ chức chính trị - xã hội; Ban Dân vận (phòng 2)",
    "Tran Van Mau " * 12,
    "x" * 200,
    "ộ" * 200,
)
INJECTED = "=?utf-8?q?a=0d=0aReply-To:=20evil=40example.org=0d=0aX:?="
HOSTILE = (
    *("\r", "\n", "\r\n", "\0", "=?", "?=", INJECTED, "\u202e", "\ud800", "\u2028", "\x85"),
    *("Bcc: evil@example.org", " ", "\t", "ộ", "a", '"', "\\", "<", ">", "(", "=0d=0a"),
)


def sent(mail: Mail) -> dict[str, str]:
    """Return what a mail program shows of a mail's header, and check that there is no more."""
    message = read_message(write_message(mail, mail.address, SENDER))
    assert message.names == FIELDS
    (sender, from_address), (recipient, to_address) = map(
        mailbox_of, (message.field("From"), message.field("To"))
    )
    assert (from_address, to_address) == (SENDER, mail.address)
    return {"sender": sender, "recipient": recipient, "subject": text_of(message.field("Subject"))}


def mail_of(text: MailText, recipient: str = CONTACT.name) -> Mail:
    return Mail(
        message_id="<0123456789abcdef0123456789abcdef@qcdc.example.vn>",
        sender_name=text.sender,
        recipient_name=recipient,
        address=CONTACT.email,
        subject=text.subject,
        text=text.text,
        html=text.html,
        written_at=DUE_AT,
    )


def with_names(name: str) -> Mail:
    return replace(mail_of(MailText(name, name, "", "")), recipient_name=name)


@cache
def lines_of(count: int) -> tuple[DigestLine, ...]:
    return tuple(DigestLine(str(it), UnitName("Xã"), 1) for it in range(count))


def digest_of(reference: ReferenceData, area: UnitName, form: str, count: int) -> Digest:
    period = parse_period("nd09.2026-M11")
    assert period is not None
    version = reference.catalogue.form(form, period)
    section = DigestSection(
        form=form,
        title=version.title(period.last_day) if version else form,
        period=period,
        label=label_vi(period),
        due_at=DUE_AT,
        wording="",
        document="",
        extension="",
        reported=0,
        expected=count,
        lines=lines_of(count),
    )
    return Digest(COMMITTEE.name_vi, area, "party", addressee(CONTACT), DUE_AT, (section,))


@pytest.mark.parametrize("count", COUNTS)
def test_headers_of_every_province_and_form_arrive_as_written(
    reference: ReferenceData, count: int
) -> None:
    """
    34 provinces and those that ended, every form; the count decides where a line is folded.

    Case 23: Python's own encoder lost a blank, doubled one, or ran two encoded words together,
    each in some releases.
    """
    writer, forms = MailWriter(), reference.catalogue.forms
    areas = [
        unit_name(it.key, DUE_AT.date(), reference)
        for it in reference.directory
        if it.level == "province"
    ]
    assert sum(it.last_day is None for it in areas) >= 34

    for area, form in product(areas, {it.code for it in forms}):
        sender, subject = writer.heading(digest_of(reference, area, form, count))

        shown = sent(mail_of(MailText(sender, subject, "", "")))

        assert shown == {"sender": sender, "recipient": CONTACT.name, "subject": subject}


@pytest.mark.parametrize("name", NAMES)
def test_names_arrive_as_written(name: str) -> None:
    """Parentheses, quotes, commas and angle brackets mean something in a header, but not here."""
    name = one_line(name)

    assert sent(with_names(name)) == {"sender": name, "recipient": name, "subject": name}


@given(st.one_of(st.text(), st.lists(st.sampled_from(HOSTILE)).map("".join)))
@example(INJECTED)
@example(f"Xã {INJECTED}")
@example("a\r\nBcc: evil@example.org")
@example("")
@example("=?utf-8?b?YQ==?= =?utf-8?b?Yg==?=")
def test_no_name_becomes_a_header(name: str) -> None:
    """Whatever a name holds, it is text on one line, and the only text of its field."""
    shown = sent(with_names(name))

    assert shown == dict.fromkeys(shown, one_line(name))


@pytest.mark.parametrize(
    "subject",
    [
        b"Subject: =?utf-8?q?_?==?utf-8?q?B=C3=ACnh?=",
        b"Subject: B\xc3\xacnh",
        b"Subject: =?utf-8?b?4buZ?=\r\n  =?utf-8?b?4buZ?=",
        b"Subject: =?utf-8?b?" + b"YWFh" * 16 + b"?=",
        b"Subject: =?utf-8?b?4bs=?= =?utf-8?b?mQ==?=",
        b"Subject: =?utf-8?q?a b?=",
        b"Subject: a\nBcc: b",
    ],
)
def test_what_mail_programs_read_differently_is_caught(subject: bytes) -> None:
    """The reader of these tests can fail."""
    with pytest.raises(Malformed):
        text_of(read_message(subject + b"\r\n\r\n").field("Subject"))
