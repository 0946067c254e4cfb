"""A mail as bytes: what any mail program must find in it."""

from email import message_from_bytes, policy

from services.notifier.channels.mail import Mail
from services.notifier.channels.message import write_message
from tests.builders.notifier import CONTACT, DUE_AT

TEXT = "Kính gửi: đồng chí Trần Văn Mẫu\n\n.\nTrân trọng.\n" + "ộ" * 2000 + "\n"
MAIL = Mail(
    message_id="<1@example.vn>",
    sender_name="Ban Chỉ đạo tỉnh Ninh Bình (QCDC)",
    recipient_name="Nguyễn Văn A",
    address=CONTACT.email,
    subject="[QCDC] 07 đơn vị chưa gửi báo cáo",
    text=TEXT,
    html=f"<p>{TEXT}</p>\n",
    written_at=DUE_AT,
)


def test_message_is_text_and_html_and_says_that_a_machine_sent_it() -> None:
    """RFC 3834 keeps other machines from answering; the best alternative comes last."""
    content = write_message(MAIL, CONTACT.email, "qcdc@example.vn")
    message = message_from_bytes(content, policy=policy.default)

    parts = {it.get_content_type(): it.get_content() for it in message.iter_parts()}
    assert list(parts) == ["text/plain", "text/html"]
    assert parts["text/plain"].replace("\r\n", "\n") == MAIL.text
    assert parts["text/html"].replace("\r\n", "\n") == MAIL.html
    assert message.defects == []
    assert (message["Auto-Submitted"], message["Content-Language"]) == ("auto-generated", "vi")
    assert (message["Message-ID"], message["Subject"]) == (MAIL.message_id, MAIL.subject)
    assert message["Date"] == "Tue, 17 Nov 2026 17:00:00 +0700"


def test_message_has_ascii_lines_of_bounded_length() -> None:
    """No server needs 8BITMIME for it or folds a line; no line is a single full stop."""
    content = write_message(MAIL, CONTACT.email, "qcdc@example.vn")

    lines = content.split(b"\r\n")
    assert content.isascii()
    assert content.endswith(b"--\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in it or b"\r" in it or it.startswith(b".") for it in lines)


def test_a_repeated_attempt_is_the_same_bytes() -> None:
    """So that a mail program folds a repetition into the first."""
    first, second = (write_message(MAIL, CONTACT.email, "qcdc@example.vn") for _ in range(2))

    assert first == second
