"""What an operator does about failed notices: see them over HTTP or by a verb, and retry them."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.notifier.entry.api import add_routes
from services.notifier.store.views import ViewStore
from services.notifier.usecases.duties import ListDuties
from services.notifier.usecases.notices import ListNotices
from shared.infra.web.app import create_app
from tests.builders.notifier_world import CONTACT, DUE_AT, World, communes, named, world
from tools.mail_catcher import in_turn

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def it(postgres_url: str) -> AsyncIterator[World]:
    """Build a notifier whose notice failed: its recipient was refused for four hours."""
    async with world(postgres_url) as built:
        await built.catch_up(DUE_AT + timedelta(days=4))
        await built.scan().once()
        built.mailbox.answer_to_recipient = in_turn(["550 no such user"] * 11)
        for _ in range(11):
            await built.ask("UPDATE notice SET send_after = now()")
            await built.delivery().once()
        yield built


async def qcdc(it: World, *command: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tools.qcdc", "notices", *command],
        cwd=ROOT,
        env={"PATH": str(Path(sys.executable).parent), "QCDC_NOTIFIER_DATABASE": it.database.url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def test_failed_notices_can_be_asked_for(it: World) -> None:
    """And no other: an operator looks for them because of a complaint."""
    app, views = FastAPI(), ViewStore(it.database)
    directory = it.reference.directory
    add_routes(app, ListNotices(views, lambda: directory), ListDuties(views, lambda: directory))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as http:
        counted = {
            state: len((await http.get("/v1/notices", params={"state": state})).json()["notices"])
            for state in ("planned", "sent", "cancelled", "failed")
        }
        unknown = await http.get("/v1/notices", params={"state": "lost"})

    assert counted == {"planned": 0, "sent": 0, "cancelled": 0, "failed": 1}
    assert unknown.is_client_error


async def test_health_counts_failed_notices_and_names_nobody(it: World) -> None:
    """Whoever may read a complaint need not know who gets mail."""
    await it.failed().once()

    transport = httpx.ASGITransport(app=create_app("notifier", it.health))
    async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as http:
        answer = await http.get("/health")

    complaint = answer.json()["complaints"]["notices"]
    assert (complaint["condition"], complaint["count"]) == ("notices_failed", 1)
    assert complaint["remedy"] == "qcdc notices list --state failed"
    assert CONTACT.email not in answer.text


async def test_verb_lists_failed_notices_with_their_reason(it: World) -> None:
    """For people in one line, for programs whole."""
    line = await qcdc(it, "list", "--state", "failed")
    whole = await qcdc(it, "list", "--state", "failed", "--json")
    sent = await qcdc(it, "list", "--state", "sent")

    (notice,) = json.loads(whole.stdout)
    assert (line.returncode, whole.returncode, sent.returncode) == (0, 0, 0)
    assert f"{notice['notice_id']} failed ninh_binh {CONTACT.email} (129 reports)" in line.stdout
    assert "attempt 11 refused: 550 no such user; next at " in line.stdout
    assert len(notice["attempts"]) == 11
    assert sent.stdout == "there is none\n"


async def test_verb_retries_a_failed_notice(it: World) -> None:
    """At once instead of within a day, and with the whole plan before it."""
    (notice,) = await it.notices()
    before = await it.ask("SELECT send_after FROM notice")

    dry = await qcdc(it, "retry", "--all", "--dry-run")
    assert dry.stdout == f"would retry {notice.notice_id}\n"
    assert await it.ask("SELECT send_after FROM notice") == before
    done = await qcdc(it, "retry", notice.notice_id)
    assert done.stdout == f"retried {notice.notice_id}\n"
    await it.delivery().once()

    assert [named(text) for text in it.mailbox.texts] == [set(communes())]
    again = await qcdc(it, "retry", "--all", "--json")
    assert json.loads(again.stdout) == {"retried": [], "not_failed": [], "dry_run": False}


async def test_verb_names_what_is_no_failed_notice(it: World) -> None:
    """A mistyped id must not read as done; neither must a command without any."""
    unknown = await qcdc(it, "retry", "0815")
    nothing = await qcdc(it, "retry")

    assert (unknown.returncode, unknown.stdout) == (1, "0815 is no failed notice\n")
    assert nothing.returncode == 2
    assert await it.ask("SELECT attempts_before FROM notice") == [(0,)]
