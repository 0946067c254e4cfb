"""
Who must be told of whom: letters with due instants, units that report in time, late or never.

The verdict uses the receipt times in intake's journal, the notices that the notifier shows, and
the mail that really arrived.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import yaml

from shared.directory.loading import load_reference_data
from tests.chaos.scale import Scale
from tests.chaos.workload import FORM, Slot, Task, Wish
from tests.eventually import eventually
from tools.deployment.deployment import Deployment
from tools.mail_catcher import MailCatcher

PERIOD = "nd09.2026-M08"
TOLD_SECONDS_MAX = 60.0


@dataclass
class Chase:
    """One committee for each of some provinces, each with a letter of its own."""

    due: dict[str, datetime]
    units: dict[str, list[str]]
    tasks: list[tuple[datetime, Task]] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)

    @property
    def slots(self) -> list[Slot]:
        """Every slot that somebody reports for."""
        return [task.slot for _, task in self.tasks]

    def write(self, folder: Path) -> Path:
        """Write the committee file that the services read."""
        file = folder / "committees.yaml"
        committees = [
            {
                "key": f"committee_{province}",
                "name_vi": f"Ban Chỉ đạo tỉnh {province}",
                "area": province,
                "programmes": ["dan_van_kheo"],
                "letter_style": "party",
                "contacts": [
                    {"name": "Văn phòng", "role": "thuong_truc", "email": f"p{province}@example.vn"}
                ],
                "demands": [
                    {"form": FORM, "period": PERIOD, "due_at": due, "document": "Công văn số 1"}
                ],
            }
            for province, due in self.due.items()
        ]
        text = yaml.safe_dump({"version": 1, "committees": committees}, allow_unicode=True)
        file.write_text(text, encoding="utf-8")
        return file


def plan_chase(
    scale: Scale,
    begin: datetime,
    seed: int,
    *,
    provinces: int | None = None,
    due_seconds: tuple[float, float] | None = None,
) -> Chase:
    """Spread the due instants over seconds after *begin*; let a third of the units be silent."""
    rng = random.Random(seed)
    directory = load_reference_data(scale.directory_files).directory
    current = [it for it in directory.provinces() if it.endswith(".2")]
    chosen = current[: provinces or scale.provinces]
    seconds = due_seconds or scale.due_seconds
    due = {it: begin + timedelta(seconds=rng.uniform(*seconds)) for it in chosen}
    units = {
        it: [unit.key for unit in directory.below(it) if unit.level == "commune"] for it in chosen
    }
    chase = Chase(due, units)
    for province, keys in units.items():
        for number, key in enumerate(keys):
            if rng.random() < 1 / 3:
                chase.silent.add(key)
                continue
            slot = Slot(key, 0, PERIOD, over_http=number % 2 == 0)
            slot.wishes.append(Wish(f"chase-{key}", 1))
            at = due[province] + timedelta(seconds=rng.uniform(-15, 5))
            chase.tasks.append((max(begin, at), Task(slot, slot.wishes[0])))
    chase.tasks.sort(key=lambda it: it[0])
    return chase


async def judge_notices(deployment: Deployment, chase: Chase, catcher: MailCatcher) -> list[str]:
    """
    Wait until every silent unit has been named, then look for what should not have been.

    A unit that was judged later than others of its province waits for the next hour's digest.
    """
    async with httpx.AsyncClient(timeout=20) as client:

        async def told() -> bool:
            await _let_the_hour_pass(deployment)
            with suppress(httpx.HTTPError):
                return chase.silent <= set(_named(await _notices(deployment, client)))
            return False  # it has just been killed

        with suppress(AssertionError):  # the units that nobody was told of are listed below
            await eventually(told, seconds=TOLD_SECONDS_MAX, every=1)
        notices = await _notices(deployment, client)
    received = await _received(deployment)
    return [*_anomalies(chase, notices, catcher, received)]


def _anomalies(
    chase: Chase,
    notices: list[dict[str, object]],
    catcher: MailCatcher,
    received: dict[str, datetime],
) -> Iterator[str]:
    due = {unit: chase.due[province] for province, units in chase.units.items() for unit in units}
    named = Counter(_named(notices))
    arrived = {str(it).strip() for it in catcher.distinct}
    yield from (f"nobody was told of {it}" for it in sorted(chase.silent - set(named)))
    yield from (f"{unit} was named {n} times" for unit, n in named.items() if n > 1)
    for unit in named:
        if unit in received and received[unit] < due[unit]:
            yield f"{unit} was accused; received {received[unit]}, due {due[unit]}"
    for notice in notices:
        if notice["state"] == "sent" and notice["message_id"] not in arrived:
            yield f"{notice['notice_id']} is marked sent, and no mail arrived"


async def _let_the_hour_pass(deployment: Deployment) -> None:
    connection = await asyncpg.connect(
        deployment.databases["notifier"], server_settings={"search_path": "qcdc"}
    )
    try:
        await connection.execute(
            "UPDATE notice SET send_after = now() WHERE state = 'planned' AND lease_until IS NULL"
        )
    finally:
        await connection.close()


async def _notices(deployment: Deployment, client: httpx.AsyncClient) -> list[dict[str, object]]:
    answer = await client.get(f"{deployment.url('notifier')}/v1/notices", params={"limit": 1000})
    assert answer.status_code == 200, answer.text
    return [it for it in answer.json()["notices"] if it["state"] == "sent"]


def _named(notices: list[dict[str, object]]) -> Iterator[str]:
    for notice in notices:
        units = notice["units"]
        assert isinstance(units, list)
        yield from (it["unit"] for it in units)


async def _received(deployment: Deployment) -> dict[str, datetime]:
    connection = await asyncpg.connect(
        deployment.databases["intake"], server_settings={"search_path": "qcdc"}
    )
    try:
        rows = await connection.fetch(
            "SELECT unit, min(received_at) AS at FROM journal"
            " WHERE period = $1 AND revision IS NOT NULL GROUP BY unit",
            PERIOD,
        )
        return {row["unit"]: row["at"] for row in rows}
    finally:
        await connection.close()


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)  # noqa: TID251 - the test's own clock
