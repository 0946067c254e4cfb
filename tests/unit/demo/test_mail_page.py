"""The page of the caught mail shows what was sent, and runs nothing of it."""

from email.message import EmailMessage

from tools.demo.mail_page import as_json, render
from tools.mail_catcher import read_mail


def caught(html: str | None = "<p>Kính gửi: <b>Văn phòng</b></p>") -> bytes:
    """Write a message as the notifier would."""
    message = EmailMessage()
    message["Message-ID"] = "<mot@qcdc.example.vn>"
    message["Subject"] = "[QCDC] 07 đơn vị <chưa gửi>"
    message["From"] = "ban-chi-dao@qcdc.example.vn"
    message["To"] = "banchidao@ninhbinh.example.vn"
    message["Date"] = "Sun, 22 Nov 2026 02:30:00 +0000"
    message.set_content("Xã Gia Viễn\n")
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_a_mail_is_read_as_a_mail_program_would() -> None:
    """Encoded headers and both bodies come out as Vietnamese text."""
    mail = read_mail(caught())

    assert as_json(mail) == {
        "message_id": "<mot@qcdc.example.vn>",
        "subject": "[QCDC] 07 đơn vị <chưa gửi>",
        "to": "banchidao@ninhbinh.example.vn",
        "from": "ban-chi-dao@qcdc.example.vn",
        "date": "Sun, 22 Nov 2026 02:30:00 +0000",
        "text": "Xã Gia Viễn\n",
    }
    assert "<b>Văn phòng</b>" in mail.html


def test_a_mail_is_shown_in_a_frame_without_rights() -> None:
    """What came by mail is text to look at: no script of it runs, no tag of it is the page's."""
    mail = read_mail(caught('<p title="x">a</p><script>alert(1)</script>'))

    page = render([mail])

    assert "<iframe sandbox title=" in page
    assert "<script" not in page
    assert "07 đơn vị &lt;chưa gửi&gt;" in page


def test_times_are_those_of_vietnam() -> None:
    """The reader sits in Ninh Bình."""
    assert "09:30:00, 22/11/2026" in render([read_mail(caught())])


def test_plain_text_is_shown_where_there_is_no_html() -> None:
    """And not an empty frame."""
    page = render([read_mail(caught(html=None))])

    assert "<pre>Xã Gia Viễn" in page
    assert "<iframe" not in page


def test_an_empty_mailbox_says_so() -> None:
    """Nobody wonders whether the page is broken."""
    assert "Chưa có thư nào" in render([])
