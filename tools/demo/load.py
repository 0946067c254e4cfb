"""The load: what upstream systems send, wave by wave, and a word on each for whoever watches."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.contracts.reports import ReportSubmitted, ReportWithdrawalRequested
from tools.demo.checks import until_nothing_is_missing
from tools.demo.deliveries import Delivery, Door, Event, Load
from tools.demo.doors import HttpDoor, KafkaDoor
from tools.demo.errors import DemoError
from tools.demo.poison import Poison

JUDGED_SECONDS_MAX = 60.0
"""Until intake has judged everything that lies on Kafka before the poison."""


@dataclass(frozen=True)
class Doors:
    """Both ways in, open."""

    kafka: KafkaDoor
    http: HttpDoor
    of_kafka_source: HttpDoor
    """Where the source that writes to Kafka asks what became of it."""

    async def send(self, deliveries: Iterable[Delivery]) -> None:
        """Send through both doors at once, each in its order."""
        at_door: dict[Door, list[Event]] = {it: [] for it in Door}
        for delivery in deliveries:
            at_door[delivery.door].append(delivery.event)
        await asyncio.gather(
            self.kafka.send(at_door[Door.KAFKA]), self._over_http(at_door[Door.HTTP])
        )

    async def _over_http(self, events: Sequence[Event]) -> None:
        await self.http.send([it for it in events if isinstance(it, ReportSubmitted)])
        for event in events:
            if isinstance(event, ReportWithdrawalRequested):
                await self.http.withdraw(event.event_id.removesuffix(".rut"), event.reason)


async def send_load(doors: Doors, load: Load) -> None:
    """Send everything about the articles; a correction always follows what it corrects."""
    _say(f"{len(load.wrong)} wrong reports, to be put right", load.wrong)
    await doors.send(load.wrong)
    _say(f"{len(load.withdrawals)} of them withdrawn", load.withdrawals)
    await doors.send(load.withdrawals)
    _say(f"{len(load.right)} reports of the articles' units", load.right)
    await doors.send(load.right)
    _say(f"{len(load.again)} of them once more", load.again)
    await doors.send(load.again)


async def send_poison(doors: Doors, poisons: Sequence[Poison], unreadable: Poison) -> None:
    """
    Send what must not be taken through both doors.

    Raises:
        DemoError: when one of them does not name the rule that refuses it.

    """
    await doors.kafka.poison([*poisons, unreadable])
    results = await doors.http.post([it.body for it in poisons])
    not_named = [
        f"{poison.carrier.event_id} was answered {sorted(result.codes)}"
        for poison, result in zip(poisons, results, strict=True)
        if poison.code not in result.codes
    ]
    code = await doors.http.post_alone(unreadable.body)
    if not_named or code != unreadable.code:
        raise DemoError(f"over HTTP: {'; '.join(not_named) or code}")

    async def look() -> list[str]:
        judged = [await doors.of_kafka_source.judged(it.carrier.event_id) for it in poisons]
        return [
            f"over Kafka: {poison.carrier.event_id}: {it}"
            for poison, it in zip(poisons, judged, strict=True)
            if it is None or poison.code not in it.codes
        ]

    await until_nothing_is_missing(look, JUDGED_SECONDS_MAX)
    named = ", ".join(it.code for it in (*poisons, unreadable))
    print(f"load: {len(poisons) + 1} poisonous bodies at each door, refused: {named}", flush=True)


def _say(what: str, deliveries: Sequence[Delivery]) -> None:
    kafka = sum(it.door is Door.KAFKA for it in deliveries)
    print(f"load: {what} ({kafka} over Kafka, {len(deliveries) - kafka} over HTTP)", flush=True)
