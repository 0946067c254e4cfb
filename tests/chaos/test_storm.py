"""
A storm of faults on two processes of each service: what one sender, topic, server or typist does.

Beside lost, doubled and accused the oracle counts who waited, and whether a complaint says why.
"""

import asyncio
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from shared.contracts.topics import REPORTS
from tests.chaos.chase import judge_notices, now, plan_chase
from tests.chaos.faults.database import move_journal_to, small_disk
from tests.chaos.faults.scene import Scene
from tests.chaos.faults.topics import refuse_one
from tests.chaos.nemesis import all_ready
from tests.chaos.planting import plant
from tests.chaos.plants import REFUSED_AND_FORGOTTEN
from tests.chaos.run import Load, run_chaos, small_workload
from tests.chaos.scale import Scale
from tests.chaos.storm import rage
from tests.chaos.test_chaos import PLANTED_LOAD, SEED, chasing, report
from tests.chaos.waiting import Complaints, all_recovered, judged_late, unexplained
from tools.deployment.deployment import Deployment, Plan
from tools.mail_catcher import MailCatcher
from tools.stack.stack import Stack

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.timeout(2400),
    pytest.mark.usefixtures("only_in_the_long_run"),
]
HOSTILE = "hostile"
LOAD = Load(per_second=60, codec="lz4", quiet_seconds=240)


async def test_storm_of_every_fault_breaks_no_promise(
    stack: Stack, scale: Scale, tmp_path: Path
) -> None:
    """Nothing lost or doubled, nobody accused, nobody judged late without a complaint."""
    storm = scale.storm
    chase = plan_chase(
        scale, now(), SEED + 3, provinces=storm.provinces, due_seconds=storm.due_seconds
    )
    complaints, faults = Complaints(), Counter[str]()
    with ExitStack() as stage:
        catcher = stage.enter_context(MailCatcher.open())
        disk = stage.enter_context(small_disk(stack.scratch / "disk"))
        plan = replace(
            chasing(scale, chase, catcher, tmp_path), sources=("demo", HOSTILE), instances=2
        )
        deployment = stage.enter_context(Deployment.prepare(stack, plan))
        scene = Scene(stack, deployment, catcher, HOSTILE, small_workload(scale, SEED + 3).random)
        if disk is not None:
            await move_journal_to(scene, disk)
        deployment.start()
        await all_ready(deployment)
        watching = asyncio.create_task(complaints.watch(deployment))

        async def nemesis() -> None:
            faults.update(await rage(storm, scene, disk))
            await all_recovered(deployment, HOSTILE)

        verdict = await run_chaos(
            deployment,
            small_workload(scale, SEED + 3),
            nemesis,
            chase=chase,
            load=LOAD,
        )
        await scene.qcdc("notices", "retry", "--all")
        verdict.anomalies += await judge_notices(deployment, chase, catcher)
        late = await judged_late(deployment, chase)
        verdict.anomalies += unexplained(late, complaints)
        watching.cancel()

    print(report(verdict), f"faults {faults.total()}: {dict(faults)}", sep="\n")
    print(f"complaints: {dict(complaints.counts)}", f"verbs: {dict(scene.verbs)}", sep="\n")
    waited = Counter(reason for it in late for reason in complaints.reasons(it))
    print(f"{len(late)} duties were judged late, because {dict(waited)}")
    assert faults.total() >= storm.total
    assert verdict.anomalies == [], report(verdict)


async def test_refused_reports_that_are_forgotten_are_caught(
    stack: Stack, scale: Scale, tmp_path: Path
) -> None:
    """Acknowledged, refused by the topic, and never counted: the oracle says so."""
    workload = small_workload(scale, SEED + 5)
    plan = Plan(
        directory_files=scale.directory_files,
        extra={"intake": {"PYTHONPATH": str(plant(tmp_path, REFUSED_AND_FORGOTTEN))}},
    )
    with MailCatcher.open() as catcher, Deployment.prepare(stack, plan) as deployment:
        scene = Scene(stack, deployment, catcher, "demo", workload.random)
        deployment.start()
        await all_ready(deployment)

        verdict = await run_chaos(
            deployment, workload, lambda: refuse_one(scene, REPORTS), load=PLANTED_LOAD
        )

    print(report(verdict))
    assert any("must show" in it for it in verdict.anomalies)
