"""Whatever mail server, reports, contacts and operator do: told in the end, and told once."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from services.notifier.usecases.horizon import WATERMARK
from services.notifier.usecases.retry_notices import RetryNotices
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
from tools.mail_catcher import CUT, TAKEN

STEPS = 80
LATE = communes()[121:]
ADDRESSES = (CONTACT.email, "moi@ninhbinh.example.vn")
ANSWERS = (TAKEN, CUT, "451 not now", "550 not now", "550 not now")


@dataclass
class Story:
    """What happened so far, as a person outside the notifier sees it."""

    world: World
    chance: random.Random
    address: str = ADDRESSES[0]
    filed: dict[str, int] = field(default_factory=dict)
    """The revision of each report; a withdrawn one has an even number."""
    answers: list[str] = field(default_factory=list)
    """The answer to each mail that may have arrived, in order."""
    well: bool = False

    async def answer(self) -> str:
        """Answer for the mail server, which is well at the end of the story."""
        answer = TAKEN if self.well else self.chance.choice(ANSWERS)
        if answer in (TAKEN, CUT):
            self.answers.append(answer)
        return answer

    async def report(self) -> None:
        unit = self.chance.choice(LATE)
        if self.filed.get(unit, 0) % 2 == 0:
            self.filed[unit] = self.filed.get(unit, 0) + 1
            await self.world.read(report(unit, self.filed[unit], at=DUE_AT + MINUTE))

    async def withdraw(self) -> None:
        unit = self.chance.choice(LATE)
        if self.filed.get(unit, 0) % 2:
            self.filed[unit] += 1
            slot = Slot(unit, FORM, PERIOD)
            await self.world.read(withdrawn(self.filed[unit], DUE_AT + MINUTE, slot))

    async def deliver(self) -> None:
        before = len(self.world.mailbox.mails)
        await self.world.delivery().once()
        for text in self.world.mailbox.texts[before:]:
            assert named(text) <= await self.world.overdue()

    async def let_time_pass(self) -> None:
        minutes = self.chance.choice((1, 30, 60, 60 * 24))
        await self.world.ask(
            "UPDATE notice SET send_after = send_after - make_interval(mins => $1)", minutes
        )

    async def replace_contact(self) -> None:
        self.address = self.chance.choice(ADDRESSES)
        contact = replace(CONTACT, email=self.address)
        self.world.demand(replace(COMMITTEE, contacts=(contact,)))

    async def retry(self) -> None:
        await RetryNotices(self.world.database)(None, dry_run=False)

    async def scan(self) -> None:
        await self.world.scan().once()
        await self.world.failed().once()

    def actions(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        often = self.deliver, self.let_time_pass, self.scan, self.report, self.withdraw
        return *often, *often, *often, self.replace_contact, self.retry

    def taken(self) -> list[tuple[str, str, set[str]]]:
        """Return address, Message-ID and units of each mail that the server said it took."""
        mails = zip(self.world.mailbox.mails, self.answers, strict=True)
        return [
            (mail.message["To"].addresses[0].addr_spec, mail.message_id, named(mail.text))
            for mail, answer in mails
            if answer == TAKEN
        ]


@pytest.fixture
async def it(postgres_url: str) -> AsyncIterator[World]:
    """Build a notifier for which eight communes are overdue."""
    async with world(postgres_url) as built:
        await built.read(*map(report, communes()[:121]))
        await built.catch_up(DUE_AT + timedelta(days=4))
        yield built


@pytest.mark.parametrize("seed", range(6))
async def test_every_overdue_duty_is_told_once(it: World, seed: int) -> None:
    """To the contact in office, by one mail that was taken; and no repetition says more."""
    story = Story(it, random.Random(seed))
    it.mailbox.answer_to_message = story.answer
    for _ in range(STEPS):
        await story.chance.choice(story.actions())()

    story.well = True
    for _ in range(4):
        await story.scan()
        await it.ask("UPDATE notice SET send_after = now(), lease_until = NULL")
        await story.deliver()
    await it.failed().once()

    taken = story.taken()
    told = [(address, unit) for address, _, units in taken for unit in units]
    assert len(told) == len(set(told))
    assert len({message_id for _, message_id, _ in taken}) == len(taken)
    assert {unit for address, unit in told if address == story.address} >= await it.overdue()
    first: dict[str, set[str]] = {}
    for mail in it.mailbox.mails:
        assert named(mail.text) <= first.setdefault(mail.message_id, named(mail.text))
    assert {n.state for n in await it.notices()} <= {"sent", "cancelled"}
    assert it.health.complaints.keys() <= {WATERMARK}  # the story is of January
