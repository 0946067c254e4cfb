"""The page of the caught mail, in Vietnamese: what was sent, to whom, and how it looks."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import escape

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from shared.reference.periods import VIETNAM
from shared.reference.vietnamese import date_short
from tools.mail_catcher import CaughtMail
from tools.stack.ports import HOST
from tools.stack.waiting import wait_until

_NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
_STYLE = """
:root { color-scheme: light; --line: #d5d9de; --quiet: #5b6470; --red: #b3261e; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: #f6f7f9;
  color: #1b1f24; font: 16px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.5rem; border-top: .3rem solid var(--red); padding-top: .8rem; }
.about { margin: .3rem 0 1.5rem; color: var(--quiet); }
article { margin: 0 0 1.5rem; background: #fff; border: 1px solid var(--line);
  border-radius: .5rem; overflow: hidden; }
header { padding: 1rem 1.25rem; border-bottom: 1px solid var(--line); }
h2 { margin: 0 0 .6rem; font-size: 1.15rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0;
  font-size: .9rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 46rem; border: 0; background: #fff;
  resize: vertical; }
pre { margin: 0; padding: 1rem 1.25rem; white-space: pre-wrap; font: inherit; }
.none { padding: 2.5rem 1rem; text-align: center; color: var(--quiet); background: #fff;
  border: 1px dashed var(--line); border-radius: .5rem; }
"""


@contextmanager
def serving(mails: Sequence[CaughtMail], port: int) -> Iterator[None]:
    """Show these mails and those that are added to them, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(_app(mails), HOST, port, log_level="warning"))
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


def _app(mails: Sequence[CaughtMail]) -> FastAPI:
    """Build the page and its JSON twin."""
    app = FastAPI(title="QCDC demo: caught mail", docs_url=None, redoc_url=None)

    @app.get("/", response_class=HTMLResponse)
    def page() -> HTMLResponse:
        return HTMLResponse(render(mails), headers=_NO_SCRIPTS)

    @app.get("/v1/mails")
    def listed() -> list[dict[str, str]]:
        return [as_json(it) for it in mails]

    return app


def as_json(mail: CaughtMail) -> dict[str, str]:
    """Return what programs read of a mail."""
    return {
        "message_id": mail.message_id,
        "subject": mail.subject,
        "to": mail.to,
        "from": mail.sender,
        "date": mail.date,
        "text": mail.text,
    }


def render(mails: Sequence[CaughtMail]) -> str:
    """Return the whole page, newest message first."""
    listed = "\n".join(_article(it) for it in reversed(mails))
    empty = '<p class="none">Chưa có thư nào được gửi.</p>'
    return f"""<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Thư đã gửi ({len(mails)})</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Thư đã gửi</h1>
<p class="about">{len(mails)} thư do bản chạy thử giữ lại; không thư nào rời khỏi máy này.</p>
{listed or empty}
</body>
</html>
"""


def _article(mail: CaughtMail) -> str:
    rows = [
        ("Gửi đến", mail.to),
        ("Người gửi", mail.sender),
        ("Thời gian", _when(mail.date)),
        ("Message-ID", mail.message_id),
    ]
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f"""<article>
<header><h2>{escape(mail.subject)}</h2><dl>{facts}</dl></header>
{_body(mail)}
</article>"""


def _body(mail: CaughtMail) -> str:
    if not mail.html:
        return f"<pre>{escape(mail.text)}</pre>"
    title = escape(mail.subject, quote=True)
    return f'<iframe sandbox title="{title}" srcdoc="{escape(mail.html, quote=True)}"></iframe>'


def _when(date: str) -> str:
    try:
        at: datetime = parsedate_to_datetime(date).astimezone(VIETNAM)
    except ValueError:
        return date
    return f"{at:%H:%M:%S}, {date_short(at.date())}"
