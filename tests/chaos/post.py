"""A mail server that takes everything and remembers it, or refuses when asked to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from tools.stack.ports import HOST, free_ports


@dataclass
class PostOffice:
    """What arrived, in order; ``refuse_while`` may keep a message from being taken over."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refuse_while: Callable[[], Awaitable[bool]] | None = None

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one message over."""
        if self.refuse_while and await self.refuse_while():
            return "451 not now"
        content = envelope.content or b""
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"

    @property
    def distinct(self) -> dict[str, EmailMessage]:
        """The messages by Message-ID: a repeat after a broken connection is the same message."""
        return {str(it["Message-ID"]): it for it in self.mails}


@asynccontextmanager
async def post_office() -> AsyncIterator[PostOffice]:
    """Open a mail server on a free port."""
    office = PostOffice(free_ports(1)[0])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(office, loop=loop), HOST, office.port)
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()
