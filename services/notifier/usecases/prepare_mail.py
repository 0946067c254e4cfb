"""Write the mail of a claimed notice, or cancel the notice when it has nothing to say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from services.notifier.channels.mail import Channel, Mail
from services.notifier.channels.mail_writer import MailWriter
from services.notifier.domain.attempts import DeliveryStatus, SendOutcome, after_attempt
from services.notifier.domain.audience import contact_in_office
from services.notifier.domain.completeness import Completeness
from services.notifier.domain.digest import compose, obligated_units
from services.notifier.domain.notices import ClaimedNotice
from services.notifier.store.duties import DutyStore
from services.notifier.store.notices import NoticeStore
from shared.reference.committee_people import Contact
from shared.reference.committees import Committee
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData

log = structlog.get_logger()

HELD_PAUSE = timedelta(seconds=10)
"""After it a notice of units that are held is looked at again."""


@dataclass(frozen=True, slots=True)
class PreparedNotice:
    """A claimed notice with its mail, the units that it names, and the channel to send it on."""

    claimed: ClaimedNotice
    units: tuple[str, ...]
    mail: Mail
    province: str
    channel: Channel


@dataclass(frozen=True)
class MailPreparation:
    """Writes mails within one transaction, by one revision of the reference data."""

    duties: DutyStore
    notices: NoticeStore
    reference: ReferenceData
    writer: MailWriter
    channels: Mapping[str, Channel]

    async def prepare(
        self, claimed: ClaimedNotice, complete: Completeness
    ) -> PreparedNotice | None:
        """Return the notice ready to send; None when it was ended, with the reason in its log."""
        now = (await self.duties.now()).astimezone(VIETNAM)
        await self.notices.leave_out(claimed.notice_id, claimed.settled)
        if not claimed.overdue:
            await self.notices.cancel(claimed, "nobody is late any more")
            return None
        claimed = await self._without_held(claimed, complete)
        if not claimed.overdue:
            return None
        found = contact_in_office(claimed.recipient, self.reference, now.date())
        if found is None:
            # Left out, so that a contact who gets a role again is notified.
            await self.notices.leave_out(claimed.notice_id, [it.slot for it in claimed.overdue])
            await self.notices.cancel(claimed, "the recipient has no role in the committee today")
            return None
        reported = await self._reported(claimed, found[0])
        try:
            prepared = self._write(claimed, found, reported, complete.as_of, now)
        except Exception as problem:
            # A fault of ours, in this notice alone: those claimed with it are sent.
            log.exception("a mail could not be written", id=claimed.notice_id)
            await self._fail(claimed, repr(problem))
            return None
        return await self._save(prepared)

    async def _without_held(self, claimed: ClaimedNotice, complete: Completeness) -> ClaimedNotice:
        """Put off what may have been met in time; the rest is not to wait for it."""
        held = {it.slot for it in claimed.overdue if complete.holds(it)}
        if held and len(held) == len(claimed.overdue):
            await self.notices.postpone(claimed, HELD_PAUSE)
        elif held:
            await self.notices.split(claimed, held, HELD_PAUSE)
        return replace(claimed, duties=tuple(it for it in claimed.duties if it.slot not in held))

    async def _fail(self, claimed: ClaimedNotice, reason: str) -> None:
        outcome = SendOutcome(DeliveryStatus.IMPOSSIBLE, reason)
        following = after_attempt(claimed.state, outcome.status, claimed.attempt_of_plan)
        await self.notices.end_attempt(claimed, outcome, following)

    async def _reported(
        self, claimed: ClaimedNotice, committee: Committee
    ) -> Mapping[tuple[str, str], int]:
        """Count the met duties of the committee's area by form and period."""
        reported: dict[tuple[str, str], int] = {}
        for form, period in {(it.slot.form, it.slot.period) for it in claimed.overdue}:
            units = obligated_units(form, period, committee.area, self.reference)
            keys = [unit.key for unit in units]
            reported[form, period] = await self.duties.count_met(form, period, keys)
        return reported

    def _write(
        self,
        claimed: ClaimedNotice,
        found: tuple[Committee, Contact],
        reported: Mapping[tuple[str, str], int],
        as_of: datetime,
        now: datetime,
    ) -> PreparedNotice:
        committee, contact = found
        digest = compose(committee, contact, claimed.overdue, reported, as_of, self.reference)
        text = self.writer.write(digest)
        channel = self.channels[claimed.recipient.channel]
        mail = Mail(
            message_id=channel.message_id(claimed.notice_id),
            sender_name=text.sender,
            recipient_name=digest.addressee.name,
            address=claimed.recipient.address,
            subject=text.subject,
            text=text.text,
            html=text.html,
            written_at=now,
        )
        province = self.reference.directory.province(committee.area)
        return PreparedNotice(claimed, digest.units, mail, province, channel)

    async def _save(self, prepared: PreparedNotice) -> PreparedNotice:
        mail = prepared.mail
        message_id = await self.notices.save_mail(
            prepared.claimed.notice_id, mail.message_id, mail.subject, mail.text
        )
        return replace(prepared, mail=replace(mail, message_id=message_id))
