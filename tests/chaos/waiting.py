"""
Who waits, and why: every complaint of every process while the load runs, with its instants.

A duty may be judged late only if a complaint says meanwhile what is wrong.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import asyncpg
import httpx

from tests.chaos.chase import PERIOD, Chase, now
from tests.eventually import eventually
from tools.deployment.deployment import Deployment
from tools.deployment.service import Service

LOOK_SECONDS = 0.5
JUDGED_SECONDS_MAX = 10
RECOVERED_SECONDS_MAX = 120
SILENT = "does not answer"
NO_REASON = (".hostile.", "qcdc.receipts.", "qcdc.totals.", "qcdc.duties.", "qcdc.dead-letters.")
"""Who complains of one of these topics does not say why a duty is judged late."""


async def all_recovered(deployment: Deployment, hostile: str) -> None:
    """Wait until nobody complains of anything but the topics of the hostile source."""

    async def recovered() -> bool:
        parts = list[str]()
        async with httpx.AsyncClient(timeout=5) as client:
            for name, service in deployment.services.items():
                try:
                    answer = await client.get(f"{service.url}/health")
                except httpx.HTTPError:
                    parts.append(f"{name} {_last_words(service) or SILENT}")
                else:
                    parts += [it for it in answer.json()["complaints"] if f".{hostile}." not in it]
        assert not parts, parts
        return True

    await eventually(recovered, seconds=RECOVERED_SECONDS_MAX, every=0.5)


def _last_words(service: Service) -> str:
    """Return the last line of a process that has ended; a storm starts again whom it killed."""
    return service.log.read_text(errors="replace")[-500:] if service.has_ended() else ""


class Complaint(NamedTuple):
    """One process said at one instant that one part of it has something to complain of."""

    at: datetime
    process: str
    part: str
    condition: str

    @property
    def explains_lateness(self) -> bool:
        """Tell whether a duty may be judged late for this: only intake and notifier judge."""
        judging = self.process.startswith(("intake", "notifier"))
        return judging and not any(it in self.part for it in NO_REASON)


class Late(NamedTuple):
    """A duty that was judged long after it was due."""

    unit: str
    due: datetime
    judged: datetime


@dataclass
class Complaints:
    """What each process complained of, and when."""

    seen: list[Complaint] = field(default_factory=list)

    async def watch(self, deployment: Deployment) -> None:
        """Ask every process until cancelled."""
        async with httpx.AsyncClient(timeout=2) as client:
            while True:
                await asyncio.gather(
                    *(self._ask(client, name, it.url) for name, it in deployment.services.items())
                )
                await asyncio.sleep(LOOK_SECONDS)

    async def _ask(self, client: httpx.AsyncClient, name: str, url: str) -> None:
        try:
            answer = await client.get(f"{url}/health")
            found = {part: it["condition"] for part, it in answer.json()["complaints"].items()}
        except (httpx.HTTPError, ValueError):
            found = {"process": SILENT}
        self.seen += [Complaint(now(), name, part, it) for part, it in found.items()]

    @property
    def counts(self) -> Counter[str]:
        """How often each condition was seen."""
        return Counter(it.condition for it in self.seen)

    def reasons(self, late: Late) -> set[str]:
        """Name the complaints that say why a duty was judged late."""
        return {
            f"{it.process}: {it.condition}"
            for it in self.seen
            if late.due <= it.at <= late.judged and it.explains_lateness
        }


def unexplained(late: Iterable[Late], complaints: Complaints) -> Iterator[str]:
    """Name the duties that were judged late although nobody complained meanwhile."""
    for it in late:
        if not complaints.reasons(it):
            yield f"{it.unit} was judged {it.judged - it.due} late, and nobody says why"


async def judged_late(deployment: Deployment, chase: Chase) -> list[Late]:
    """List the silent units that the notifier named long after their duties were due."""
    connection = await asyncpg.connect(
        deployment.databases["notifier"], server_settings={"search_path": "qcdc"}
    )
    try:
        rows = await connection.fetch(
            "SELECT unit, min(created_at) AS at FROM notice_item JOIN notice USING (notice_id)"
            " WHERE period = $1 GROUP BY unit",
            PERIOD,
        )
    finally:
        await connection.close()
    due = {unit: chase.due[province] for province, units in chase.units.items() for unit in units}
    judged = [Late(row["unit"], due[row["unit"]], row["at"]) for row in rows]
    limit = timedelta(seconds=JUDGED_SECONDS_MAX)
    return [it for it in judged if it.unit in chase.silent and it.judged - it.due > limit]
