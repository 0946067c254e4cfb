"""Faults of clocks: the database goes on elsewhere, by a clock that differs."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.faults.scene import Scene

OFF_SECONDS_MAX = 0.9
"""From one clock to the other, or back, stays within the two seconds of decision 2."""


def library() -> Path | None:
    """Return what lets a process see another clock: Debian's libfaketime, if it is there."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


async def step(scene: Scene, faketime: Path) -> None:
    """SIGKILL the database server and start it with another clock, until its next start."""
    seconds = scene.random.uniform(-OFF_SECONDS_MAX, OFF_SECONDS_MAX)
    server = scene.stack.postgres
    await asyncio.to_thread(server.kill)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LD_PRELOAD", str(faketime))
        environment.setenv("FAKETIME", f"{seconds:+.3f}s")
        environment.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        await asyncio.to_thread(server.start)
