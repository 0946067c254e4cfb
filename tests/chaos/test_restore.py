"""A backup is restored under load, of intake and of the aggregator, while their processes run."""

import asyncio

import pytest

from tests.chaos.faults.database import back_up, restore
from tests.chaos.faults.scene import Scene
from tests.chaos.nemesis import all_ready
from tests.chaos.run import Load, run_chaos, small_workload
from tests.chaos.scale import Scale
from tests.chaos.test_chaos import SEED, report
from tools.deployment.deployment import Deployment, Plan
from tools.mail_catcher import MailCatcher
from tools.stack.stack import Stack

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("only_in_the_long_run"),
]
RESTORED = ("intake", "aggregator")


async def test_restored_backups_count_what_is_acknowledged_afterwards(
    stack: Stack, scale: Scale
) -> None:
    """
    What lies on Kafka is judged and counted again, and no revision number is given out twice.

    All reports travel over Kafka: what a database acknowledged over HTTP after the backup is in no
    journal any more, though it still counts.
    """
    workload = small_workload(scale, SEED + 4)
    for slots in workload.slots.values():
        for slot in slots:
            slot.over_http = False
    plan = Plan(directory_files=scale.directory_files, instances=2)
    with MailCatcher.open() as catcher, Deployment.prepare(stack, plan) as deployment:
        scene = Scene(stack, deployment, catcher, "demo", workload.random)
        deployment.start()
        await all_ready(deployment)

        async def nemesis() -> None:
            await asyncio.sleep(scale.restore_seconds)
            copies = await _back_up(scene)
            for service, copy in copies.items():
                await asyncio.sleep(scale.restore_seconds)
                await restore(scene, service, copy)
            await asyncio.sleep(scale.restore_seconds)
            await all_ready(deployment)

        verdict = await run_chaos(deployment, workload, nemesis, load=Load(per_second=100))

    print(report(verdict))
    assert verdict.anomalies == [], report(verdict)


async def _back_up(scene: Scene) -> dict[str, str]:
    """Stop the processes of the services, copy their databases, and start them again."""
    processes = [it for it in scene.deployment.services.values() if it.name in RESTORED]
    for process in processes:
        await asyncio.to_thread(process.stop)
    copies = {it: await back_up(scene, it) for it in RESTORED}
    for process in processes:
        await asyncio.to_thread(process.start)
    return copies
