"""One message as it was caught."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Mail:
    """One message as it arrived; a repeated one is there twice, under one ``message_id``."""

    message_id: str
    subject: str
    to: str
    sender: str
    date: str
    text: str
    html: str

    def as_json(self) -> dict[str, str]:
        """Return what programs read of it."""
        return {
            "message_id": self.message_id,
            "subject": self.subject,
            "to": self.to,
            "from": self.sender,
            "date": self.date,
            "text": self.text,
        }


def read_mail(content: bytes) -> Mail:
    """Read a message as a mail program would."""
    message = message_from_bytes(content, policy=policy.default)
    return Mail(
        message_id=str(message["Message-ID"] or ""),
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        date=str(message["Date"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
