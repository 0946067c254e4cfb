"""E-mail over SMTP: multipart text and HTML, one recipient a message."""

import asyncio
import hashlib
from dataclasses import dataclass
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

from services.notifier.channels.mail import Mail
from services.notifier.channels.message import write_message
from services.notifier.domain.attempts import DeliveryStatus, SendOutcome
from shared.reference.addresses import UnusableAddress, usable_address

TlsMode = Literal["none", "auto", "starttls", "tls"]
_PERMANENT_FROM = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """The SMTP server, the envelope sender and the login."""

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
        """Return a Message-ID derived from the notice alone."""
        digest = hashlib.sha256(notice_id.encode()).hexdigest()[:32]
        return f"<{digest}@{self._server.sender.partition('@')[2]}>"

    async def send(self, mail: Mail) -> SendOutcome:
        """Send one mail and classify the server's answer."""
        try:
            address = usable_address(mail.address)
        except UnusableAddress as problem:
            return SendOutcome(DeliveryStatus.IMPOSSIBLE, str(problem))
        content = write_message(mail, address, self._server.sender)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                refused, answer = await self._submit(content, address)
        except (SMTPException, OSError) as problem:
            return _failed(problem)
        if address in refused:  # the library's send() succeeds although nobody got it
            code, text = refused[address]
            return _answered(code, text)
        return SendOutcome(DeliveryStatus.TAKEN, answer)

    async def _submit(self, content: bytes, address: str) -> tuple[dict[str, SMTPResponse], str]:
        server = self._server
        return await aiosmtplib.send(
            content,
            sender=server.sender,
            recipients=[address],
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "tls",
            start_tls={"none": False, "auto": None, "starttls": True, "tls": None}[server.tls],
            timeout=self._timeout_seconds / 2,
        )


def _failed(problem: Exception) -> SendOutcome:
    """Return whether the other side refused the mail, put it off, or may have it."""
    if isinstance(problem, SMTPRecipientsRefused):
        first = problem.recipients[0]
        return _answered(first.code, first.message)
    if isinstance(problem, (SMTPRecipientRefused, SMTPDataError)):
        return _answered(problem.code, problem.message)
    # A refusal of ourselves (login, sender, TLS), or no connection at all.
    if isinstance(problem, (SMTPResponseException, SMTPConnectError, SMTPNotSupported)):
        return SendOutcome(DeliveryStatus.PUT_OFF, repr(problem))
    return SendOutcome(DeliveryStatus.DOUBTFUL, repr(problem))


def _answered(code: int, text: str) -> SendOutcome:
    status = DeliveryStatus.REFUSED if code >= _PERMANENT_FROM else DeliveryStatus.PUT_OFF
    return SendOutcome(status, f"{code} {text}")
