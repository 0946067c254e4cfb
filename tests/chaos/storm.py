"""
A storm: faults of every kind, several at a time, from one seed.

Faults that would undo one another are in one lane and follow one another; lanes run side by side.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tests.chaos.faults import clock, database, mail, processes, records, topics
from tests.chaos.faults.scene import Fault, Scene
from tests.chaos.scale import StormSize

Lane = Mapping[str, tuple[int, Fault]]
"""Faults by name, each with its weight."""

PROCESSES: Lane = {
    "kill a process": (8, processes.kill_service),
    "kill both of a service": (3, processes.kill_both),
    "stop a process": (4, processes.stop_service),
    "pause a process": (4, processes.pause_service),
}
SERVERS: Lane = {
    "kill Kafka": (2, processes.kill_kafka),
    "kill PostgreSQL": (2, processes.kill_postgres),
    "end all connections": (3, database.end_connections),
    "read-only database": (3, database.read_only),
    "refuse a topic": (6, topics.refuse),
    "lose a receipts topic": (2, topics.lose_receipts),
    "make a submissions topic again": (2, topics.remake_submissions),
    "a topic of a similar name": (1, topics.stray_topic),
}
RECORDS: Lane = {
    "compressed records": (3, records.compressed),
    "a bomb": (2, records.bomb),
    "unreadable records": (3, records.unreadable),
    "large key and value": (2, records.large),
    "a flood": (2, records.flood),
    "transactions": (3, records.transactions),
    "unreadable records of ours": (2, records.poison_of_ours),
    "a watermark from the future": (3, records.future_watermark),
}
MAIL: Lane = {"mail is refused": (1, mail.refuse_mail)}
LAST: Lane = {"make the reports topic again": (1, topics.remake_reports)}


async def rage(size: StormSize, scene: Scene, disk: Path | None) -> Counter[str]:
    """Carry out every fault, *disk* filled if there is one; return how many of each kind."""
    servers = dict(SERVERS)
    if disk is not None:
        servers["a full disk"] = (3, partial(database.fill_disk, disk=disk))
    if faketime := clock.library():
        servers["another clock"] = (3, partial(clock.step, faketime=faketime))
    lanes = (
        (PROCESSES, size.processes),
        (servers, size.servers),
        (RECORDS, size.records),
        (MAIL, size.mail),
    )
    counts = Counter[str]()
    await asyncio.gather(
        *(_carry_out(scene, lane, times, size.pause, counts) for lane, times in lanes)
    )
    await _carry_out(scene, LAST, size.remakes, size.pause, counts)
    return counts


async def _carry_out(
    scene: Scene, lane: Lane, times: int, pause: tuple[float, float], counts: Counter[str]
) -> None:
    for kind in _chosen(lane, times, scene.random):
        await scene.pause(*pause)
        begun = time.monotonic()
        await lane[kind][1](scene)
        counts[kind] += 1
        print(f"{kind}: {time.monotonic() - begun:.1f} s", flush=True)


def _chosen(lane: Lane, times: int, rng: random.Random) -> list[str]:
    """Choose by weight; every kind comes before any comes often."""
    every = list(lane)
    rng.shuffle(every)
    weights = [weight for weight, _ in lane.values()]
    more = rng.choices(list(lane), weights, k=max(0, times - len(every)))
    rng.shuffle(more)
    return (every + more)[:times]
