"""An SMTP server that delivers nothing: it keeps what it takes, and answers as it is told to."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tools.stack.ports import HOST, free_ports

TAKEN = "250 OK"
CUT = "cut"
"""Takes the message over and breaks the connection in place of an answer."""

Answer = Callable[[], Awaitable[str]]
"""What the server says next: ``TAKEN``, ``CUT``, or a refusal such as ``451 not now``."""


async def take() -> str:
    """Take everything."""
    return TAKEN


def in_turn(answers: Iterable[str]) -> Answer:
    """Give these answers one after the other, and take everything from then on."""
    left = list(answers)

    async def answer() -> str:
        return left.pop(0) if left else TAKEN

    return answer


@dataclass(frozen=True)
class CaughtMail:
    """One message as it came, and as a mail program shows it."""

    message: EmailMessage
    content: bytes

    @property
    def message_id(self) -> str:
        """Tells a repeated message from another one."""
        return self._header("Message-ID")

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return self._header("Subject")

    @property
    def to(self) -> str:
        """To whom it is addressed."""
        return self._header("To")

    @property
    def sender(self) -> str:
        """From whom it says it is."""
        return self._header("From")

    @property
    def date(self) -> str:
        """When it was written, as in RFC 5322."""
        return self._header("Date")

    @property
    def text(self) -> str:
        """The plain body, or nothing."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML body, or nothing."""
        return self._body("html")

    def _header(self, name: str) -> str:
        return str(self.message[name] or "")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


def read_mail(content: bytes) -> CaughtMail:
    """Read a message as a mail program would."""
    return CaughtMail(message_from_bytes(content, policy=policy.default), content)


@dataclass
class MailCatcher:
    """What was taken over, in order; a repeated message is there twice."""

    port: int
    mails: list[CaughtMail] = field(default_factory=list)
    answer_to_recipient: Answer = take
    answer_to_message: Answer = take

    @classmethod
    @contextmanager
    def open(cls) -> Iterator["MailCatcher"]:
        """Listen on a free port, in a thread of its own, until the block ends."""
        (port,) = free_ports(1)
        catcher = cls(port)
        server = Controller(catcher, hostname=HOST, port=catcher.port)
        server.start()
        try:
            yield catcher
        finally:
            server.stop()

    @property
    def texts(self) -> list[str]:
        """The plain text of every message."""
        return [it.text for it in self.mails]

    @property
    def distinct(self) -> dict[str, CaughtMail]:
        """The messages by Message-ID: a repeat after a broken connection is the same message."""
        return {it.message_id: it for it in self.mails}

    async def handle_RCPT(  # noqa: N802 - the library's name and signature
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        """Answer to one recipient."""
        answer = await self.answer_to_recipient()
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Answer to one message."""
        answer = await self.answer_to_message()
        if answer in (TAKEN, CUT):
            self.mails.append(read_mail(envelope.original_content or b""))
        if answer == CUT and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return answer
