"""Told means sent: what a mail server refuses stays to be told, and the operator hears of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifier.app import MIGRATIONS
from services.notifier.channels.mail import Mail
from services.notifier.channels.smtp import EmailChannel
from services.notifier.domain.attempts import SendOutcome
from services.notifier.store.notices import NoticeStore
from services.notifier.usecases.notices import NoticeView
from services.notifier.usecases.watch_failed import NoticeCondition
from shared.infra.postgres.database import Database
from shared.infra.postgres.migrate import migrate
from shared.reference.committee_people import Contact
from shared.reference.slots import Slot
from tests.builders.notifier import withdrawn
from tests.builders.notifier_world import (
    COMMITTEE,
    CONTACT,
    DUE_AT,
    FORM,
    MINUTE,
    PERIOD,
    World,
    communes,
    named,
    report,
    world,
)
from tools.mail_catcher import CUT, in_turn

QUICK_ATTEMPTS = 11
"""The first and ten more within four hours."""

IMPOSSIBLE = (
    "ban.chi.dao.@mau.example.vn",
    "van-thu@mau.example.vn.",
    "van-thu@mau..vn",
    "a@mau.example.vn,b@mau.example.vn",
    "van-thu@[mau",
    "văn-thư@mau.example.vn",
)
"""Cases 05 and the like; what a release before the check at publication may have put in force."""


@pytest.fixture
async def it(postgres_url: str) -> AsyncIterator[World]:
    """Build a notifier for which all 129 communes are overdue."""
    async with world(postgres_url) as built:
        await built.catch_up(DUE_AT + timedelta(days=4))
        await built.scan().once()
        yield built


async def attempt(it: World) -> None:
    """Let the time of every notice come, and deliver as a notifier that has just started."""
    await it.ask("UPDATE notice SET send_after = now()")
    await it.delivery().once()


async def attempts(it: World, count: int) -> NoticeView:
    for _ in range(count):
        await attempt(it)
    (notice,) = await it.notices()
    return notice


async def complained(it: World) -> int | None:
    """Return of how many failed notices the notifier complains now; None when of none."""
    await it.failed().once()
    found = it.health.complaints.get("notices")
    assert found is None or found.condition is NoticeCondition.FAILED
    return found.count if found else None


@pytest.mark.parametrize("where", ["recipient", "message"])
async def test_one_550_is_not_for_ever(it: World, where: str) -> None:
    """A relay misconfigured for a minute: the mail comes by itself, with all 129, once."""
    setattr(it.mailbox, f"answer_to_{where}", in_turn(["550 not now"]))
    await it.delivery().once()
    assert it.mailbox.mails == []

    notice = await attempts(it, 2)

    assert [named(text) for text in it.mailbox.texts] == [set(communes())]
    assert [a.outcome for a in notice.attempts] == ["refused", "taken"]


@pytest.mark.parametrize("answer", ["451 greylisted", "550 not now"])
async def test_four_hours_are_not_for_ever(it: World, answer: str) -> None:
    """A weekend without a mail server; the notifier restarts, and one mail names all 129."""
    it.mailbox.answer_to_message = in_turn([answer] * 20)
    notice = await attempts(it, QUICK_ATTEMPTS)
    assert notice.state == "failed"
    assert timedelta(minutes=59) < notice.send_after - notice.attempts[-1].at
    assert await complained(it) == 1
    notice = await attempts(it, 20 - QUICK_ATTEMPTS)
    assert notice.send_after - notice.attempts[-1].at <= timedelta(days=1)
    assert it.mailbox.mails == []

    notice = await attempts(it, 2)

    assert [named(text) for text in it.mailbox.texts] == [set(communes())]
    assert notice.state == "sent"
    assert await it.published("NoticeSent") == 1
    assert await complained(it) is None


async def test_what_a_failed_notice_names_is_told_with_the_next_duty(it: World) -> None:
    """The next digest says all; nobody hears twice of one duty when both succeed."""
    unit, late = communes()[0], DUE_AT + MINUTE
    await it.read(report(unit, at=late))
    it.mailbox.answer_to_message = in_turn(["550 not now"] * QUICK_ATTEMPTS)
    assert (await attempts(it, QUICK_ATTEMPTS)).state == "failed"
    await it.read(withdrawn(2, late, Slot(unit, FORM, PERIOD)))

    await it.scan().once()
    await it.delivery().once()
    await attempts(it, 2)

    assert [named(text) for text in it.mailbox.texts] == [set(communes())]


async def test_failed_notice_that_may_have_arrived_takes_no_items_and_follows_the_next(
    it: World,
) -> None:
    """
    A mail program would fold the longer repetition into the first and hide what is new.

    The server is well again when it takes the next digest: the failed one leaves an hour later.
    """
    unit, late = communes()[0], DUE_AT + MINUTE
    await it.read(report(unit, at=late))
    it.mailbox.answer_to_message = in_turn([CUT, *["550 not now"] * (QUICK_ATTEMPTS - 1)])
    assert (await attempts(it, QUICK_ATTEMPTS)).state == "failed"
    assert len(it.mailbox.mails) == 1
    await it.ask("UPDATE notice SET send_after = now() + interval '20 hours'")
    await it.read(withdrawn(2, late, Slot(unit, FORM, PERIOD)))
    await it.scan().once()

    await it.delivery().once()

    assert named(it.mailbox.texts[1]) == {unit}
    (minutes,) = await it.ask(
        "SELECT extract(epoch FROM send_after - now()) / 60 FROM notice WHERE state = 'failed'"
    )
    assert 55 < minutes[0] <= 60
    await attempt(it)
    first, _, third = (mail.message_id for mail in it.mailbox.mails)
    assert first == third
    assert {n.state for n in await it.notices()} == {"sent"}


async def test_address_that_no_message_can_carry_fails_at_once_and_visibly(it: World) -> None:
    """Each with its reason, and no operator has to look for it; others are not held up."""
    good = replace(CONTACT, email="dau-moi@mau.example.vn ")
    contacts = [Contact("Người mẫu", "thuong_truc", it) for it in IMPOSSIBLE]
    it.demand(replace(COMMITTEE, contacts=(*contacts, good)))
    await it.scan().once()

    await it.delivery().once()

    by_address = {n.recipient: n for n in await it.notices()}
    assert {it.mailbox.mails[0].message["To"].addresses[0].addr_spec} == {good.email.strip()}
    assert len(it.mailbox.mails) == 1
    for address in IMPOSSIBLE:
        notice = by_address[address]
        (logged,) = notice.attempts
        assert (notice.state, logged.outcome) == ("failed", "impossible")
        assert "is no address: " in logged.detail
    assert await complained(it) == len(IMPOSSIBLE)


async def test_bug_while_sending_is_an_attempt_in_the_log(it: World) -> None:
    """Not a loop once a minute that nobody sees; the next attempt follows the plan."""

    class Broken(EmailChannel):
        async def send(self, mail: Mail) -> SendOutcome:
            raise IndexError(mail.address)

    await it.delivery(Broken(it.channel._server, 5)).once()

    (notice,) = await it.notices()
    assert [(a.outcome, a.detail) for a in notice.attempts] == [
        ("doubtful", f"IndexError({CONTACT.email!r})")
    ]
    assert notice.send_after - notice.attempts[0].at > timedelta(seconds=50)
    await attempt(it)
    assert len(it.mailbox.mails) == 1


async def test_bug_while_writing_holds_up_nobody_else(it: World) -> None:
    """One notice fails with its reason; the next in the same claim is sent."""
    other = replace(
        COMMITTEE, key="khac", contacts=(replace(CONTACT, email="khac@mau.example.vn"),)
    )
    broken = replace(COMMITTEE, letter_style="unheard_of")
    it.reference = replace(it.reference, committees=(broken, other))
    await it.scan().once()

    await it.delivery().once()

    assert [mail.message["To"].addresses[0].addr_spec for mail in it.mailbox.mails] == [
        "khac@mau.example.vn"
    ]
    states = {n.committee: (n.state, n.attempts[0].outcome) for n in await it.notices()}
    assert states == {"ninh_binh": ("failed", "impossible"), "khac": ("sent", "taken")}


async def failed(it: World) -> None:
    it.mailbox.answer_to_message = in_turn(["550 not now"] * QUICK_ATTEMPTS)
    assert (await attempts(it, QUICK_ATTEMPTS)).state == "failed"
    assert await complained(it) == 1


async def test_failed_notice_ends_when_its_duties_are_met(it: World) -> None:
    """Nobody is late any more: at once, not at the next attempt in an hour."""
    await failed(it)

    await it.read(*(report(unit, at=DUE_AT + MINUTE) for unit in communes()))
    await it.failed().once()
    await it.delivery().once()

    (notice,) = await it.notices()
    assert notice.state == "cancelled"
    assert it.mailbox.mails == []
    assert await complained(it) is None


async def test_failed_notice_ends_when_the_contact_is_replaced(it: World) -> None:
    """The new contact hears of everything; nobody writes to the old address again."""
    await failed(it)

    it.demand(replace(COMMITTEE, contacts=(replace(CONTACT, email="moi@ninhbinh.example.vn"),)))
    await it.scan().once()
    await it.failed().once()
    await it.delivery().once()

    states = {n.recipient: n.state for n in await it.notices()}
    assert states == {CONTACT.email: "cancelled", "moi@ninhbinh.example.vn": "sent"}
    assert [named(text) for text in it.mailbox.texts] == [set(communes())]
    assert await complained(it) is None


async def test_two_notifiers_retry_a_failed_notice_once(it: World) -> None:
    """A failed notice is claimed like any other."""
    await failed(it)
    await it.ask("UPDATE notice SET send_after = now()")

    await asyncio.gather(*(it.delivery().once() for _ in range(4)))

    assert len(it.mailbox.mails) == 1


async def test_notice_that_an_earlier_release_gave_up_is_tried_at_once(postgres_url: str) -> None:
    """Its duties are told after the upgrade; nobody has to look for them."""
    name = "service/0005_notices_are_retried"
    later = [it.name for it in MIGRATIONS].index(name)
    await migrate(postgres_url, "qcdc", MIGRATIONS[:later])
    async with opened(postgres_url) as database, database.connection() as connection:
        await connection.execute(
            "INSERT INTO notice (notice_id, committee, recipient, channel, state, send_after,"
            " attempts) VALUES ('n', 'c', 'a@example.vn', 'email', 'failed', now() + '1 day', 1)"
        )
        await migrate(postgres_url, "qcdc", MIGRATIONS)

        assert await NoticeStore(connection).anything_to_send()
        (claimed,) = await NoticeStore(connection).claim(10, timedelta(minutes=1))
    assert (claimed.state, claimed.attempt, claimed.attempt_of_plan) == ("failed", 2, 1)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, application="test")
    await database.open()
    try:
        yield database
    finally:
        await database.close()
