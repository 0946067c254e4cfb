"""
Delivery: claim a notice, look at the facts again, send it, then mark it sent.

Reads notices and duties; changes notices and the delivery log; publishes ``NoticeSent``. Marking
comes after sending, so a notice is sent at least once; a crash in between repeats it under the
same Message-ID.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from services.notifier.channels.channel import Channel, Letter
from services.notifier.channels.letter import LetterWriter
from services.notifier.domain.attempts import Ending, NoticeState, Outcome, after
from services.notifier.domain.digest import Claimed, Digest, Registers, compose
from services.notifier.store.docket import Docket, OpenDocket
from services.notifier.usecases.horizon import Horizon
from shared.contracts.duties import NoticeSent
from shared.contracts.event import derived_id
from shared.infra.postgres.database import Database
from shared.infra.supervised import Supervised, only_outages, retry
from shared.reference.committees import Committee, Contact
from shared.reference.periods import VIETNAM

AT_ONCE_MAX = 10
"""Connections to the mail server at one time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ready:
    """A claimed notice, what it says, and the words for it."""

    claimed: Claimed
    digest: Digest
    letter: Letter
    province: str
    channel: Channel


@dataclass(frozen=True)
class Sources:
    """What a letter is written from, and the ways in which it can leave."""

    committees: Mapping[str, Committee]
    registers: Registers
    writer: LetterWriter
    channels: Mapping[str, Channel]


class Delivery:
    """Sends what the scan has planned."""

    def __init__(
        self,
        database: Database,
        docket: OpenDocket,
        horizon: Horizon,
        sources: Callable[[], Sources | None],
        lease: timedelta,
        after_publishing: Callable[[], None],
    ) -> None:
        """Write by *sources*; while there are none, facts have changed, and nobody is named."""
        self._database = database
        self._docket = docket
        self._horizon = horizon
        self._sources = sources
        self._lease = lease
        self._after_publishing = after_publishing

    async def run(self, seconds: float, supervised: Supervised) -> None:
        """Deliver until cancelled, every *seconds*; at once while there is more to send."""
        await supervised.for_ever(
            self.once, lambda sent: asyncio.sleep(seconds if sent < AT_ONCE_MAX else 0)
        )

    async def once(self) -> int:
        """Send the notices whose time has come; return how many were attempted."""
        async with self._database.connection() as connection:
            if not await self._docket(connection).anything_to_send():
                return 0
        as_of, sources = await self._horizon.as_of(), self._sources()
        if as_of is None or sources is None:
            return 0
        ready = await self._claim(as_of, sources)
        sending = asyncio.gather(*map(self._send, ready), return_exceptions=True)
        try:
            endings = await asyncio.shield(sending)
        except asyncio.CancelledError:
            # A message in hand is finished and marked before the process ends.
            await asyncio.wait([sending], timeout=self._lease.total_seconds() / 2)
            raise
        for ending in endings:
            if isinstance(ending, BaseException):
                raise ending
        return len(ready)

    async def _claim(self, as_of: datetime, sources: Sources) -> list[Ready]:
        """Claim, and commit the claim; what was settled meanwhile is left out or called off."""
        async with self._database.transaction() as connection:
            docket = self._docket(connection)
            claimed = await docket.claim(AT_ONCE_MAX, self._lease)
            prepared = [await _prepare(docket, it, as_of, sources) for it in claimed]
        return [it for it in prepared if it is not None]

    async def _send(self, ready: Ready) -> None:
        outcome = await ready.channel.send(ready.letter)
        log.info("notice", id=ready.claimed.notice_id, ending=outcome.ending, said=outcome.detail)
        await retry(partial(self._settle, ready, outcome), only_outages)

    async def _settle(self, ready: Ready, outcome: Outcome) -> None:
        claimed = ready.claimed
        sequel = after(outcome.ending, claimed.attempt)
        async with self._database.transaction() as connection:
            docket = self._docket(connection)
            settled_at = await docket.settle(claimed, outcome, sequel)
            if settled_at is not None and sequel.state is NoticeState.SENT:
                await docket.publish([_notice_sent(ready, settled_at)])
        self._after_publishing()


async def _prepare(
    docket: Docket, claimed: Claimed, as_of: datetime, sources: Sources
) -> Ready | None:
    """Return what is to be sent; otherwise say in the log why nothing is."""
    now = (await docket.moment()).now.astimezone(VIETNAM)
    await docket.leave_out(claimed.notice_id, claimed.settled)
    if not claimed.late:
        await docket.call_off(claimed, "nobody is late any more")
        return None
    committee = sources.committees.get(claimed.recipient.committee)
    if committee is None:
        await docket.settle(
            claimed,
            Outcome(Ending.REFUSED, "the committee is not in the directory"),
            after(Ending.REFUSED, claimed.attempt),
        )
        return None
    contact = _contact(committee, claimed.recipient.address, now.date())
    if contact is None:
        # Not told, so that whoever comes back hears of it.
        await docket.leave_out(claimed.notice_id, [it.slot for it in claimed.late])
        await docket.call_off(claimed, "the recipient has no role in the committee today")
        return None
    digest = await _compose(docket, claimed, committee, contact, as_of, sources.registers)
    return await _write(docket, claimed, committee, digest, now, sources)


def _contact(committee: Committee, address: str, day: date) -> Contact | None:
    if not committee.in_force(day):
        return None
    return next((it for it in committee.contacts_on(day) if it.email == address), None)


async def _compose(
    docket: Docket,
    claimed: Claimed,
    committee: Committee,
    contact: Contact,
    as_of: datetime,
    registers: Registers,
) -> Digest:
    reported = {
        (form, period): await docket.count_met(
            form,
            period,
            [it.key for it in registers.owing(form, period, committee.area)],
        )
        for form, period in {(it.slot.form, it.slot.period) for it in claimed.late}
    }
    return compose(committee, contact, claimed.late, reported, as_of, registers)


async def _write(
    docket: Docket,
    claimed: Claimed,
    committee: Committee,
    digest: Digest,
    now: datetime,
    sources: Sources,
) -> Ready:
    words = sources.writer.write(digest)
    channel = sources.channels[claimed.recipient.channel]
    message_id = await docket.write_down(
        claimed.notice_id, channel.message_id(claimed.notice_id), words.subject, words.text
    )
    letter = Letter(
        message_id=message_id,
        sender_name=words.sender,
        recipient_name=digest.contact,
        address=claimed.recipient.address,
        subject=words.subject,
        text=words.text,
        html=words.html,
        written_at=now,
    )
    province = sources.registers.directory.province(committee.area)
    return Ready(claimed, digest, letter, province, channel)


def _notice_sent(ready: Ready, at: datetime) -> NoticeSent:
    claimed = ready.claimed
    return NoticeSent(
        event_id=derived_id("NoticeSent", claimed.notice_id),
        occurred_at=at,
        notice_id=claimed.notice_id,
        committee=claimed.recipient.committee,
        province=ready.province,
        recipient=claimed.recipient.address,
        channel=claimed.recipient.channel,
        message_id=ready.letter.message_id,
        units=ready.digest.units,
    )
