"""What a fault may touch, and how an operator's command is run."""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer

from tools.deployment.deployment import REPOSITORY, Deployment
from tools.mail_catcher import MailCatcher
from tools.stack.stack import Stack

COMMAND_SECONDS_MAX = 180


@dataclass(frozen=True)
class Scene:
    """A deployment under load, and what surrounds it."""

    stack: Stack
    deployment: Deployment
    catcher: MailCatcher
    hostile: str
    """The source whose topics are abused; nobody's report of the load travels on them."""
    random: random.Random
    verbs: Counter[str] = field(default_factory=Counter)
    """Which commands an operator had to give, and how often."""

    async def qcdc(self, *arguments: str) -> str:
        """
        Run an operator's command until it succeeds: a server may be away just now.

        Raises:
            AssertionError: when the command line or the configuration is wrong, or it takes too
                long.

        """
        end = time.monotonic() + COMMAND_SECONDS_MAX
        while True:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tools.qcdc", *arguments),
                cwd=REPOSITORY,
                env=self.deployment.operator_environment(),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            output, _ = await process.communicate()
            if process.returncode == 0:
                self.verbs[" ".join(it for it in arguments[:2] if not it.startswith("-"))] += 1
                return output.decode()
            assert process.returncode == 1, output.decode()
            assert time.monotonic() < end, output.decode()
            await asyncio.sleep(1)

    async def pause(self, least: float, most: float) -> None:
        """Let the fault last between *least* and *most* seconds."""
        await asyncio.sleep(self.random.uniform(least, most))


Fault = Callable[[Scene], Awaitable[None]]


def producer_of(scene: Scene, **options: object) -> AIOKafkaProducer:
    """Return a producer of the hostile source."""
    return AIOKafkaProducer(
        bootstrap_servers=scene.deployment.kafka,
        client_id="hostile",
        request_timeout_ms=5_000,
        **options,
    )
