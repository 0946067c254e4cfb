"""The port through which a message leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notifier.domain.attempts import Outcome


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one recipient, in words."""

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
        """Return the identity under which a notice travels, the same for every attempt."""

    async def send(self, letter: Letter) -> Outcome:
        """Hand the letter over. Never raises for what the other side or the network does."""
