"""What the committee gets: one digest that is true when it leaves, whatever breaks on the way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.notifier.channels.mail import Mail
from services.notifier.channels.smtp import EmailChannel
from services.notifier.domain.attempts import SendOutcome
from services.notifier.store.notices import NoticeStore
from shared.reference.slots import Slot
from tests.builders.notifier import withdrawn
from tests.builders.notifier_world import (
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
from tests.eventually import eventually
from tests.rfc2047 import mailbox_of, read_message, text_of
from tools.mail_catcher import CUT, in_turn

LATE = communes()[126:]
SENDER = "Bộ phận giúp việc Ban Chỉ đạo tỉnh Ninh Bình (tin tự động)"


class Crash(BaseException):
    """The process dies here."""


@pytest.fixture
async def it(postgres_url: str) -> AsyncIterator[World]:
    """Build a notifier whose scan has found three late communes."""
    async with world(postgres_url) as built:
        await built.read(*map(report, communes()[:126]))
        await built.catch_up(DUE_AT + timedelta(days=4))
        await built.scan().once()
        yield built


async def test_one_digest_names_exactly_the_late_units(it: World) -> None:
    """And says how the whole province stands."""
    delivery = it.delivery()
    await delivery.once()
    await delivery.once()

    (mail,) = it.mailbox.mails
    (text,) = it.mailbox.texts
    assert named(text) == set(LATE)
    assert "126/129 đơn vị, đạt 97,7%" in text
    assert mail.message["To"].addresses[0].addr_spec == CONTACT.email
    assert mail.subject.startswith("[Nhắc báo cáo] 03 đơn vị chưa gửi báo cáo kết quả thực hiện")
    assert await it.published("NoticeSent") == 1
    (notice,) = await it.notices()
    assert (notice.state, notice.body) == ("sent", text.replace("\r\n", "\n"))
    assert {unit.unit for unit in notice.units} == set(LATE)
    assert [(a.attempt, a.outcome) for a in notice.attempts] == [(1, "taken")]


async def test_mail_arrives_as_it_was_written(it: World) -> None:
    """Byte for byte over SMTP: subject, sender, recipient, and the text that the notice shows."""
    await it.delivery().once()

    (mail,) = it.mailbox.mails
    (notice,) = await it.notices()
    message = read_message(mail.content)
    assert text_of(message.field("Subject")) == notice.subject
    assert mailbox_of(message.field("From"))[0] == SENDER
    assert mailbox_of(message.field("To")) == (CONTACT.name, CONTACT.email)
    assert message.field("Message-ID") == notice.message_id
    assert mail.text.replace("\r\n", "\n") == notice.body


async def test_report_between_planning_and_sending_is_left_out(it: World) -> None:
    """A unit that sent a minute ago must not be named."""
    await it.read(report(LATE[0], at=DUE_AT + MINUTE))

    await it.delivery().once()

    (text,) = it.mailbox.texts
    assert named(text) == set(LATE[1:])
    assert "127/129" in text


async def test_nothing_is_sent_when_all_have_reported(it: World) -> None:
    """The notice is cancelled, visibly."""
    await it.read(*(report(unit, at=DUE_AT + MINUTE) for unit in LATE))

    await it.delivery().once()

    (notice,) = await it.notices()
    assert it.mailbox.mails == []
    assert (notice.state, notice.units) == ("cancelled", [])


async def test_accusation_that_was_called_off_can_be_made_again(it: World) -> None:
    """The report that spared the unit was withdrawn: now the committee has to hear of it."""
    unit, late = LATE[0], DUE_AT + MINUTE
    await it.read(*(report(unit, at=late) for unit in LATE))
    await it.delivery().once()
    await it.read(withdrawn(2, late, Slot(unit, FORM, PERIOD)))

    await it.scan().once()
    await it.delivery().once()

    (text,) = it.mailbox.texts
    assert named(text) == {unit}


async def test_nothing_is_sent_while_reports_are_unread(it: World) -> None:
    """What lies unread may be the very report that the mail would miss."""
    it.lag[0] = 1

    await it.delivery().once()

    assert it.mailbox.mails == []


async def test_crash_after_sending_repeats_under_the_same_message_id(it: World) -> None:
    """At least once: the only repetition, and mail programs fold it into one."""

    class Crashing(EmailChannel):
        async def send(self, mail: Mail) -> SendOutcome:
            await super().send(mail)
            raise Crash

    dying = Crashing(it.channel._server, 5)
    with pytest.raises(Crash):
        await it.delivery(dying, lease_seconds=0.2).once()
    assert await it.published("NoticeSent") == 0

    restarted = it.delivery()
    await eventually(restarted.once)
    await restarted.once()

    first, second = (mail.message_id for mail in it.mailbox.mails)
    assert first == second
    assert await it.published("NoticeSent") == 1
    (notice,) = await it.notices()
    assert [(a.attempt, a.outcome) for a in notice.attempts] == [(1, "unknown"), (2, "taken")]


async def test_two_notifiers_send_one_letter(it: World) -> None:
    """Whoever claims first sends; the others see the claim once it is committed."""
    await asyncio.gather(*(it.delivery().once() for _ in range(4)))

    assert len(it.mailbox.mails) == 1


async def test_claim_is_respected_until_its_lease_ends(it: World) -> None:
    """Committed before sending, or a second notifier would claim while the first one sends."""
    claims = []
    for _ in range(2):
        async with it.database.transaction() as connection:
            claims.append(await NoticeStore(connection).claim(10, timedelta(minutes=1)))

    assert list(map(len, claims)) == [1, 0]


async def test_attempt_that_outlived_its_lease_marks_nothing(it: World) -> None:
    """Its successor decides; both mails carry one identity."""
    sent, gate = asyncio.Event(), asyncio.Event()

    class Slow(EmailChannel):
        async def send(self, mail: Mail) -> SendOutcome:
            outcome = await super().send(mail)
            sent.set()
            await gate.wait()
            return outcome

    slow = asyncio.create_task(it.delivery(Slow(it.channel._server, 5), 0.2).once())
    await sent.wait()
    await eventually(it.delivery().once)
    gate.set()
    await slow

    first, second = (mail.message_id for mail in it.mailbox.mails)
    assert first == second
    assert await it.published("NoticeSent") == 1


async def test_database_that_breaks_while_sending_repeats_nothing(it: World) -> None:
    """The mail is out; marking it is tried until the database answers again."""

    class Cutting(EmailChannel):
        async def send(self, mail: Mail) -> SendOutcome:
            outcome = await super().send(mail)
            await it.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return outcome

    delivery = it.delivery(Cutting(it.channel._server, 5))
    await delivery.once()
    await delivery.once()

    assert len(it.mailbox.mails) == 1
    assert await it.published("NoticeSent") == 1


async def test_shutdown_finishes_the_letter_in_hand(it: World) -> None:
    """A planned restart must not cost the committee a second copy."""
    begun, gate = asyncio.Event(), asyncio.Event()

    class Slow(EmailChannel):
        async def send(self, mail: Mail) -> SendOutcome:
            begun.set()
            await gate.wait()
            return await super().send(mail)

    task = asyncio.create_task(it.delivery(Slow(it.channel._server, 5)).once())
    await begun.wait()
    task.cancel()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    (notice,) = await it.notices()
    assert notice.state == "sent"


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        (["550 no such user"], [], "refused"),
        (["451 greylisted"], [], "put_off"),
        ([], ["554 not wanted"], "refused"),
        ([], ["452 out of space"], "put_off"),
        ([], [CUT], "doubtful"),
    ],
)
async def test_what_the_server_says_decides(
    it: World, rcpt: list[str], data: list[str], outcome: str
) -> None:
    """Each is visible and tried again; a relay says 5xx, too, while it is misconfigured."""
    it.mailbox.answer_to_recipient = in_turn(rcpt)
    it.mailbox.answer_to_message = in_turn(data)

    await it.delivery().once()

    (notice,) = await it.notices()
    assert notice.state == "planned"
    assert [a.outcome for a in notice.attempts] == [outcome]
    assert await it.published("NoticeSent") == 0
    (pause,) = await it.ask("SELECT send_after > now() + interval '50 s' FROM notice")
    assert pause == (True,)


async def test_mail_server_that_is_away_is_tried_again(it: World) -> None:
    """The mail arrives once, when the server is back."""
    port, it.mailbox.port = it.mailbox.port, 1
    await it.delivery().once()
    it.mailbox.port = port
    await it.ask("UPDATE notice SET send_after = now()")  # a minute later

    await it.delivery().once()

    assert len(it.mailbox.mails) == 1
    (notice,) = await it.notices()
    assert [a.outcome for a in notice.attempts] == ["put_off", "taken"]


@pytest.mark.parametrize(
    ("answer", "mails"),
    [("452 out of space", [set(LATE)]), (CUT, [set(LATE[:2]), set(LATE[:2]), set(LATE[2:])])],
)
async def test_new_items_join_only_a_letter_that_certainly_did_not_arrive(
    it: World, answer: str, mails: list[set[str]]
) -> None:
    """Else a mail program folds the longer second mail into the first, and one is never seen."""
    unit, late = LATE[2], DUE_AT + MINUTE
    await it.read(report(unit, at=late))
    it.mailbox.answer_to_message = in_turn([answer])
    await it.delivery().once()
    await it.read(withdrawn(2, late, Slot(unit, FORM, PERIOD)))
    await it.scan().once()
    await it.ask("UPDATE notice SET send_after = now()")

    await it.delivery().once()

    assert sorted(map(sorted, map(named, it.mailbox.texts))) == sorted(map(sorted, mails))


async def test_next_digest_waits_for_its_hour(it: World) -> None:
    """One mail an hour, however units trickle in."""
    unit, late = communes()[0], DUE_AT + MINUTE
    await it.delivery().once()
    await it.read(withdrawn(2, late, Slot(unit, FORM, PERIOD)))
    await it.scan().once()
    await it.delivery().once()
    assert len(it.mailbox.mails) == 1

    await it.ask("UPDATE notice SET send_after = send_after - interval '1 hour'")
    await it.delivery().once()

    assert named(it.mailbox.texts[1]) == {unit}
