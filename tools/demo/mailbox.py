"""The caught mail: an SMTP server that delivers nothing, and a page that shows what it took."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from aiosmtpd.controller import Controller
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tools.demo.mail_page import render
from tools.demo.mails import Mail, read_mail
from tools.stack.ports import HOST, free_ports
from tools.stack.waiting import wait_until

_TAKEN = "250 OK"
_NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


class Mailbox:
    """Takes every message over SMTP and forgets it when the process ends."""

    def __init__(self, smtp_port: int) -> None:
        self.smtp_port = smtp_port
        self.mails: list[Mail] = []

    @classmethod
    @contextmanager
    def open(cls, page_port: int) -> Iterator["Mailbox"]:
        """Listen on a free port for mail and on *page_port* for readers, until the block ends."""
        mailbox = cls(*free_ports(1))
        smtp = Controller(_Taker(mailbox.mails), hostname=HOST, port=mailbox.smtp_port)
        smtp.start()
        try:
            with _serving(mailbox.app(), page_port):
                yield mailbox
        finally:
            smtp.stop()

    def app(self) -> FastAPI:
        """Build the page and its JSON twin."""
        app = FastAPI(title="QCDC demo: caught mail", docs_url=None, redoc_url=None)

        @app.get("/", response_class=HTMLResponse)
        def page() -> HTMLResponse:
            return HTMLResponse(render(self.mails), headers=_NO_SCRIPTS)

        @app.get("/v1/mails")
        def mails() -> list[dict[str, str]]:
            return [it.as_json() for it in self.mails]

        return app


class _Envelope:
    content: bytes


class _Taker:
    """What aiosmtpd calls for every message."""

    def __init__(self, mails: list[Mail]) -> None:
        self._mails = mails

    async def handle_DATA(self, _server: object, _session: object, envelope: _Envelope) -> str:  # noqa: N802 - its name
        self._mails.append(read_mail(envelope.content))
        return _TAKEN


@contextmanager
def _serving(app: FastAPI, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, HOST, port, log_level="warning"))
    thread = threading.Thread(target=server.run, name="caught mail", daemon=True)
    thread.start()

    def ask() -> None:
        if not server.started:
            raise OSError("not yet")

    try:
        wait_until(ask, what="the page of the caught mail does not answer")
        yield
    finally:
        server.should_exit = True
        thread.join()
