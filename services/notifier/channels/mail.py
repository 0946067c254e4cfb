"""A mail, and the port through which it leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notifier.domain.attempts import SendOutcome


@dataclass(frozen=True, slots=True)
class Mail:
    """One rendered message to one recipient."""

    message_id: str
    sender_name: str
    recipient_name: str
    address: str
    subject: str
    text: str
    html: str
    written_at: datetime


class Channel(Protocol):
    """A way to reach a person."""

    name: str

    def message_id(self, notice_id: str) -> str:
        """Return the Message-ID of a notice, the same for every attempt."""

    async def send(self, mail: Mail) -> SendOutcome:
        """Send a mail. Never raises for errors of the other side or the network."""
