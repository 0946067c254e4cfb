"""Write the mail of a claimed notice, or cancel the notice when it has nothing to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from services.notifier.channels.mail import Channel, Mail
from services.notifier.channels.mail_writer import MailWriter
from services.notifier.domain.attempts import DeliveryStatus, SendOutcome, after_attempt
from services.notifier.domain.digest import Digest, compose, obligated_units
from services.notifier.domain.notices import ClaimedNotice
from services.notifier.store.duties import DutyStore
from services.notifier.store.notices import NoticeStore
from shared.reference.committees import Committee, Contact
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData


@dataclass(frozen=True, slots=True)
class PreparedNotice:
    """A claimed notice with its content, its mail and the channel to send it on."""

    claimed: ClaimedNotice
    digest: Digest
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

    async def prepare(self, claimed: ClaimedNotice, as_of: datetime) -> PreparedNotice | None:
        """Return the notice ready to send; None when it was ended, with the reason in its log."""
        now = (await self.duties.clock_and_watermark()).now.astimezone(VIETNAM)
        await self.notices.leave_out(claimed.notice_id, claimed.settled)
        if not claimed.overdue:
            await self.notices.cancel(claimed, "nobody is late any more")
            return None
        committee = self._committee(claimed.recipient.committee)
        if committee is None:
            await self._fail(claimed, "the committee is not in the directory")
            return None
        contact = _contact(committee, claimed.recipient.address, now.date())
        if contact is None:
            # Left out, so that a contact who gets a role again is notified.
            await self.notices.leave_out(claimed.notice_id, [it.slot for it in claimed.overdue])
            await self.notices.cancel(claimed, "the recipient has no role in the committee today")
            return None
        reported = await self._reported(claimed, committee)
        digest = compose(committee, contact, claimed.overdue, reported, as_of, self.reference)
        return await self._write(claimed, committee, digest, now)

    def _committee(self, key: str) -> Committee | None:
        return next((it for it in self.reference.committees if it.key == key), None)

    async def _fail(self, claimed: ClaimedNotice, reason: str) -> None:
        outcome = SendOutcome(DeliveryStatus.REFUSED, reason)
        following = after_attempt(outcome.status, claimed.attempt)
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

    async def _write(
        self, claimed: ClaimedNotice, committee: Committee, digest: Digest, now: datetime
    ) -> PreparedNotice:
        text = self.writer.write(digest)
        channel = self.channels[claimed.recipient.channel]
        message_id = await self.notices.save_mail(
            claimed.notice_id, channel.message_id(claimed.notice_id), text.subject, text.text
        )
        mail = Mail(
            message_id=message_id,
            sender_name=text.sender,
            recipient_name=digest.contact,
            address=claimed.recipient.address,
            subject=text.subject,
            text=text.text,
            html=text.html,
            written_at=now,
        )
        province = self.reference.directory.province(committee.area)
        return PreparedNotice(claimed, digest, mail, province, channel)


def _contact(committee: Committee, address: str, day: date) -> Contact | None:
    if not committee.in_force(day):
        return None
    return next((it for it in committee.contacts_on(day) if it.email == address), None)
