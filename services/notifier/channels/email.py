"""E-mail over SMTP: multipart text and HTML, one recipient a message."""

import asyncio
import hashlib
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal

import aiosmtplib
from aiosmtplib import (
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponse,
    SMTPResponseException,
)

from services.notifier.channels.channel import Letter
from services.notifier.domain.attempts import Ending, Outcome

TlsMode = Literal["none", "auto", "starttls", "tls"]
_PERMANENT_FROM = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    tls: TlsMode = "auto"


class EmailChannel:
    """The channel ``email``."""

    name = "email"

    def __init__(self, server: MailServer, timeout_seconds: float) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds

    def message_id(self, notice_id: str) -> str:
        """Return a Message-ID that follows from the notice alone."""
        digest = hashlib.sha256(notice_id.encode()).hexdigest()[:32]
        return f"<{digest}@{self._server.sender.partition('@')[2]}>"

    async def send(self, letter: Letter) -> Outcome:
        """Send one message and judge the server's answer."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                refused, answer = await self._hand_over(letter)
        except (SMTPException, OSError, MessageError, ValueError) as problem:
            return _judge(problem)
        if letter.address in refused:  # the library's send() succeeds although nobody got it
            code, text = refused[letter.address]
            return _answered(code, text)
        return Outcome(Ending.TAKEN, answer)

    async def _hand_over(self, letter: Letter) -> tuple[dict[str, SMTPResponse], str]:
        server = self._server
        return await aiosmtplib.send(
            write_message(letter, server.sender),
            sender=server.sender,
            recipients=[letter.address],
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "tls",
            start_tls={"none": False, "auto": None, "starttls": True, "tls": None}[server.tls],
            timeout=self._timeout_seconds / 2,
        )


def write_message(letter: Letter, sender: str) -> EmailMessage:
    """Return the message as it travels: text first, HTML as the alternative."""
    message = EmailMessage()
    message["From"] = Address(letter.sender_name, addr_spec=sender)
    message["To"] = Address(letter.recipient_name, addr_spec=letter.address)
    message["Subject"] = letter.subject
    message["Date"] = letter.written_at
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "vi"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _judge(problem: Exception) -> Outcome:
    """
    Tell what is lost, what is worth another try, and what may have arrived.

    A refused recipient or text is final. A refusal of ourselves (login, sender, TLS) is not: an
    operator can mend it within the hours of retrying.
    """
    if isinstance(problem, SMTPRecipientsRefused):
        first = problem.recipients[0]
        return _answered(first.code, first.message)
    if isinstance(problem, (SMTPRecipientRefused, SMTPDataError)):
        return _answered(problem.code, problem.message)
    if isinstance(problem, (SMTPResponseException, SMTPConnectError, SMTPNotSupported)):
        return Outcome(Ending.PUT_OFF, repr(problem))
    if isinstance(problem, (SMTPException, OSError)):
        return Outcome(Ending.DOUBTFUL, repr(problem))
    return Outcome(Ending.REFUSED, repr(problem))  # an address that cannot even be written down


def _answered(code: int, text: str) -> Outcome:
    ending = Ending.REFUSED if code >= _PERMANENT_FROM else Ending.PUT_OFF
    return Outcome(ending, f"{code} {text}")
