"""A mail as the bytes that go over SMTP: two bodies of one text, plain and HTML (RFC 2046)."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime

from services.notifier.channels.headers import mailbox_field, text_field
from services.notifier.channels.mail import Mail

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE_OF_BASE64 = 76


def write_message(mail: Mail, address: str, sender: str) -> bytes:
    """Return the message to a usable *address* from a usable *sender*; lines end with CRLF."""
    # "=_" is in no base64, so the boundary is in no body.
    boundary = f"=_{hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]}"
    lines = [
        f"Date: {_date(mail.written_at)}",
        mailbox_field("From", mail.sender_name, sender),
        mailbox_field("To", mail.recipient_name, address),
        text_field("Subject", mail.subject),
        f"Message-ID: {mail.message_id}",
        "Auto-Submitted: auto-generated",  # RFC 3834: no machine shall answer
        "Content-Language: vi",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
        *_part(boundary, "plain", mail.text),
        *_part(boundary, "html", mail.html),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _part(boundary: str, subtype: str, text: str) -> Iterator[str]:
    yield f"--{boundary}"
    yield f"Content-Type: text/{subtype}; charset=utf-8"
    yield "Content-Transfer-Encoding: base64"
    yield ""
    content = text.replace("\r\n", "\n").replace("\n", "\r\n")
    encoded = base64.b64encode(content.encode()).decode("ascii")
    for start in range(0, len(encoded), _LINE_OF_BASE64):
        yield encoded[start : start + _LINE_OF_BASE64]


def _date(at: datetime) -> str:
    """Return an aware instant as in RFC 5322 section 3.3; ``strftime`` follows the locale."""
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at:%Y %H:%M:%S %z}"
