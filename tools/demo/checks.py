"""What must be true before the demo calls itself ready: figures, punctuality, and the digest."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx

from shared.contracts.totals import Coverage
from shared.reference.reporting_bodies import PARTY_COMMITTEE, body_name
from tools.demo import queries
from tools.demo.reports import Expectation
from tools.demo.scenario import AREA, FORM, Scenario
from tools.demo.settings import DemoError
from tools.mail_catcher import CaughtMail
from tools.qcdc.clock import Clock

EVERY_SECONDS = 0.25
Look = Callable[[], Awaitable[list[str]]]
"""Answers with what is still missing, nothing when all is well."""


@dataclass(frozen=True)
class Readers:
    """Where the demo looks."""

    aggregator: httpx.AsyncClient
    notifier: httpx.AsyncClient
    mails: Sequence[CaughtMail]


async def until_nothing_is_missing(look: Look, seconds: float) -> None:
    """
    Look until nothing is missing.

    Raises:
        DemoError: with what still is, when the time is up.

    """
    end = time.monotonic() + seconds
    while True:
        try:
            missing = await look()
        except httpx.HTTPError as problem:
            missing = [repr(problem)]
        if not missing:
            return
        if time.monotonic() > end:
            raise DemoError(f"after {seconds:.0f} s still wrong:\n  " + "\n  ".join(missing))
        await asyncio.sleep(EVERY_SECONDS)


async def until_all_in_time(
    readers: Readers, scenario: Scenario, due_at: datetime, clock: Clock
) -> None:
    """
    Wait until the punctual reports count, and count as punctual, before the deadline.

    Raises:
        DemoError: when the machine was too slow for the deadline that the demo set itself.

    """
    wanted = len(scenario.in_time)

    async def look() -> list[str]:
        found = await _coverage(readers, scenario)
        return [] if found.on_time == wanted else [f"{found.on_time} of {wanted} reports in time"]

    left = (due_at - clock()).total_seconds()
    await until_nothing_is_missing(look, max(left, 0))
    if clock() >= due_at:
        raise DemoError("the reports of the current month came after their deadline: too slow")


async def until_totals_hold(
    readers: Readers, expected: Sequence[Expectation], seconds: float
) -> None:
    """Wait until every figure of every article is what it must be. Raises DemoError."""

    async def look() -> list[str]:
        answers = [await queries.totals(readers.aggregator, it.parameters) for it in expected]
        return [
            line
            for it, found in zip(expected, answers, strict=True)
            for line in it.differences(found)
        ]

    await until_nothing_is_missing(look, seconds)


async def until_digest_is_caught(readers: Readers, scenario: Scenario, seconds: float) -> None:
    """Wait until one digest names exactly the late communes. Raises DemoError."""

    async def look() -> list[str]:
        coverage = await _coverage(readers, scenario)
        notices = await queries.notices(readers.notifier)
        sent = [it for it in notices if it.state == "sent"]
        if len(sent) != 1 or len(notices) != 1 or len(readers.mails) != 1:
            counts = f"{len(notices)} notices, {len(sent)} sent, {len(readers.mails)} caught"
            return [f"one digest: {counts}"]
        return _wrong_with_digest(sent[0], readers.mails[0], scenario) + (
            [f"late list: {coverage}"] if coverage.missing != len(scenario.late) else []
        )

    await until_nothing_is_missing(look, seconds)


def _wrong_with_digest(notice: queries.Notice, mail: CaughtMail, scenario: Scenario) -> list[str]:
    named = sorted(it.unit for it in notice.units)
    if named != sorted(scenario.late):
        return [f"the digest names {named} instead of {sorted(scenario.late)}"]
    if notice.message_id != mail.message_id:
        return [f"the mail is {mail.message_id}, the notice {notice.message_id}"]
    units = map(scenario.reference.directory.get, scenario.late)
    names = [body_name(PARTY_COMMITTEE, it) for it in units if it is not None]
    return [f"the mail does not name {name}" for name in names if name not in mail.text]


async def _coverage(readers: Readers, scenario: Scenario) -> Coverage:
    return await queries.coverage(readers.aggregator, AREA, FORM, scenario.period.code)
