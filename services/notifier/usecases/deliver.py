"""
Delivery: claim a notice, check its duties again, send the mail, then mark the notice as sent.

Reads notices and duties; changes notices and the log of attempts; publishes ``NoticeSent``. A
notice is marked after it was sent, so it is sent at least once: a crash in between repeats it under
the same Message-ID.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from services.notifier.channels.mail import Channel
from services.notifier.channels.mail_writer import MailWriter
from services.notifier.domain.attempts import (
    DeliveryStatus,
    NoticeState,
    SendOutcome,
    after_attempt,
)
from services.notifier.domain.completeness import Completeness
from services.notifier.domain.notices import DIGEST_INTERVAL
from services.notifier.store.duties import OpenDutyStore
from services.notifier.store.notices import NoticeStore
from services.notifier.usecases.horizon import Horizon
from services.notifier.usecases.prepare_mail import MailPreparation, PreparedNotice
from shared.contracts.duties import NoticeSent
from shared.contracts.event import derived_id
from shared.infra.postgres.database import Database
from shared.infra.supervised import Supervised, only_outages, retry
from shared.reference.reference_data import ReferenceData

CONCURRENT_MAX = 10
"""Connections to the mail server at one time."""

log = structlog.get_logger()


@dataclass(frozen=True)
class MailTransport:
    """How mails are written and sent, and for how long a notice is claimed."""

    writer: MailWriter
    channels: Mapping[str, Channel]
    lease: timedelta


class Delivery:
    """Sends the planned notices."""

    def __init__(
        self,
        database: Database,
        open_store: OpenDutyStore,
        horizon: Horizon,
        reference: Callable[[], ReferenceData | None],
        transport: MailTransport,
        after_publishing: Callable[[], None],
    ) -> None:
        """Write by *reference*; None means that the duties are not reconciled with it yet."""
        self._database = database
        self._open_store = open_store
        self._horizon = horizon
        self._reference = reference
        self._transport = transport
        self._after_publishing = after_publishing

    async def run(self, seconds: float, supervised: Supervised) -> None:
        """Deliver until cancelled, every *seconds*; at once while there is more to send."""
        await supervised.for_ever(
            self.once,
            lambda attempted: asyncio.sleep(seconds if attempted < CONCURRENT_MAX else 0),
        )

    async def once(self) -> int:
        """Send the notices whose time has come; return how many were attempted."""
        async with self._database.connection() as connection:
            if not await NoticeStore(connection).anything_to_send():
                return 0
        complete, reference = await self._horizon.completeness(), self._reference()
        if complete is None or reference is None:
            return 0
        prepared = await self._claim(complete, reference)
        sending = asyncio.gather(*map(self._send, prepared), return_exceptions=True)
        try:
            results = await asyncio.shield(sending)
        except asyncio.CancelledError:
            # A mail being sent is finished and marked before the process ends.
            await asyncio.wait([sending], timeout=self._transport.lease.total_seconds() / 2)
            raise
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(prepared)

    async def _claim(
        self, complete: Completeness, reference: ReferenceData
    ) -> list[PreparedNotice]:
        """Claim notices and write their mails; the claim is committed before anything is sent."""
        async with self._database.transaction() as connection:
            notices = NoticeStore(connection)
            preparation = MailPreparation(
                self._open_store(connection),
                notices,
                reference,
                self._transport.writer,
                self._transport.channels,
            )
            claimed = await notices.claim(CONCURRENT_MAX, self._transport.lease)
            prepared = [await preparation.prepare(it, complete) for it in claimed]
        return [it for it in prepared if it is not None]

    async def _send(self, notice: PreparedNotice) -> None:
        notice_id = notice.claimed.notice_id
        try:
            outcome = await notice.channel.send(notice.mail)
        except Exception as problem:
            # A fault of ours is an attempt like others: the next one follows the plan.
            log.exception("sending failed", id=notice_id)
            outcome = SendOutcome(DeliveryStatus.DOUBTFUL, repr(problem))
        log.info("notice", id=notice_id, status=outcome.status, detail=outcome.detail)
        await retry(partial(self._settle, notice, outcome), only_outages)

    async def _settle(self, notice: PreparedNotice, outcome: SendOutcome) -> None:
        claimed = notice.claimed
        following = after_attempt(claimed.state, outcome.status, claimed.attempt_of_plan)
        async with self._database.transaction() as connection:
            notices = NoticeStore(connection)
            ended_at = await notices.end_attempt(claimed, outcome, following)
            if ended_at is not None and following.state is NoticeState.SENT:
                await notices.retry_after_success(claimed.recipient, DIGEST_INTERVAL)
                await self._open_store(connection).publish([_notice_sent(notice, ended_at)])
        self._after_publishing()


def _notice_sent(notice: PreparedNotice, at: datetime) -> NoticeSent:
    claimed = notice.claimed
    return NoticeSent(
        event_id=derived_id("NoticeSent", claimed.notice_id),
        occurred_at=at,
        notice_id=claimed.notice_id,
        committee=claimed.recipient.committee,
        province=notice.province,
        recipient=claimed.recipient.address,
        channel=claimed.recipient.channel,
        message_id=notice.mail.message_id,
        units=notice.units,
    )
