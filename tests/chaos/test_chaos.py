"""
Nothing is lost, nothing is counted twice, whatever is killed; and the test can tell.

The kills come at random moments (seeded) under 200 requests a second of new, corrected, repeated,
unchanged, withdrawn and unreadable submissions, half over Kafka and half over HTTP. Planted faults
die at a named kill point, once, so that catching them needs no luck.
"""

import asyncio
import os
from pathlib import Path

import pytest

from tests.chaos.chase import Chase, judge_notices, now, plan_chase
from tests.chaos.nemesis import all_ready, die_at_kill_point, kill_servers, kill_services
from tests.chaos.planting import plant
from tests.chaos.plants import COMMIT_BEFORE_DATABASE, EQUAL_REVISION, MARKED_BEFORE_SENT
from tests.chaos.run import Load, Verdict, run_chaos, small_workload
from tests.chaos.scale import Scale
from tools.deployment.deployment import Deployment, Plan
from tools.mail_catcher import TAKEN, Answer, MailCatcher
from tools.stack.stack import Stack

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]
SEED = int(os.environ.get("QCDC_CHAOS_SEED", "20261122"))  # noqa: TID251 - to repeat a failure
PLANTED_LOAD = Load(repeated_share=0, quiet_seconds=20)
NOT_NOW = "451 not now"


def report(verdict: Verdict) -> str:
    """Say what the run did and the first things that were wrong."""
    return "\n".join(
        [f"seed {SEED}: {dict(verdict.counts)}", *verdict.anomalies[:20], *verdict.details]
    )


async def test_sigkills_of_each_service_under_load(
    stack: Stack, scale: Scale, tmp_path: Path
) -> None:
    """The promise of the README: totals, journal and notices."""
    chase = plan_chase(scale, now(), SEED)
    with (
        MailCatcher.open() as catcher,
        Deployment.prepare(stack, chasing(scale, chase, catcher, tmp_path)) as deployment,
    ):
        deployment.start()
        deployment.wait_ready()

        async def nemesis() -> None:
            await kill_services(list(deployment.services.values()), scale.kills, SEED, scale.pause)
            await all_ready(deployment)

        verdict = await run_chaos(deployment, small_workload(scale, SEED), nemesis, chase=chase)
        verdict.anomalies += await judge_notices(deployment, chase, catcher)

    print(report(verdict))
    assert verdict.counts["a second"] > 100, "the load was not there"
    assert verdict.counts["reads"] > 50, "nobody read"
    assert verdict.anomalies == [], report(verdict)


@pytest.mark.usefixtures("only_in_the_long_run")
async def test_kafka_and_postgresql_restart_under_load(stack: Stack, scale: Scale) -> None:
    """No manual action: the services find their way back by themselves."""
    if not (stack.kafka.restartable and stack.postgres.restartable and stack.kafka.durable):
        pytest.skip(f"{stack.kafka.name} or {stack.postgres.name} is not ours to restart")
    with Deployment.prepare(stack, Plan(directory_files=scale.directory_files)) as deployment:
        deployment.start()
        deployment.wait_ready()

        async def nemesis() -> None:
            await kill_servers([stack.kafka, stack.postgres] * scale.server_kills)
            await all_ready(deployment)

        verdict = await run_chaos(deployment, small_workload(scale, SEED + 1), nemesis)

    print(report(verdict))
    assert verdict.anomalies == [], report(verdict)


@pytest.mark.usefixtures("only_in_the_long_run")
async def test_commit_before_the_database_is_caught(
    stack: Stack, scale: Scale, tmp_path: Path
) -> None:
    """A killed aggregator has lost what it had committed the position of."""
    code = plant(tmp_path, COMMIT_BEFORE_DATABASE)

    verdict = await planted_run(stack, scale, code, "aggregator")

    print(report(verdict))
    assert any("must show" in it or "revisions are kept" in it for it in verdict.anomalies)


@pytest.mark.usefixtures("only_in_the_long_run")
async def test_equal_revision_counted_again_is_caught(
    stack: Stack, scale: Scale, tmp_path: Path
) -> None:
    """A killed relay repeats what it sent."""
    code = plant(tmp_path, EQUAL_REVISION)

    verdict = await planted_run(stack, scale, code, "intake", "aggregator")

    print(report(verdict))
    assert verdict.anomalies


@pytest.mark.usefixtures("only_in_the_long_run")
async def test_killed_while_sending_loses_no_notice(
    stack: Stack, scale: Scale, tmp_path: Path
) -> None:
    """Twelve digests, the notifier killed in the middle of its conversations."""
    anomalies = await interrupted_sending(stack, scale, tmp_path)

    assert anomalies == []


@pytest.mark.usefixtures("only_in_the_long_run")
async def test_notice_marked_before_it_is_sent_is_caught(
    stack: Stack, scale: Scale, tmp_path: Path
) -> None:
    """A killed notifier has sent less than it says."""
    (tmp_path / "code").mkdir()
    code = plant(tmp_path / "code", MARKED_BEFORE_SENT)

    anomalies = await interrupted_sending(stack, scale, tmp_path, code)

    print(anomalies[:5])
    assert any("no mail arrived" in it for it in anomalies)


async def interrupted_sending(
    stack: Stack, scale: Scale, folder: Path, code: Path | None = None
) -> list[str]:
    """
    Let twelve letters fall due at once, and kill whoever sends before the mail is taken.

    Where there is planted *code*, it dies by itself, once.
    """
    chase = plan_chase(scale, now(), SEED, provinces=12, due_seconds=(4, 5))
    chase.silent |= {task.slot.unit for _, task in chase.tasks}
    with MailCatcher.open() as catcher:
        plan = chasing(scale, chase, catcher, folder, code)
        with Deployment.prepare(stack, plan) as deployment:
            if code is None:
                catcher.answer_to_message = _kill_while_sending(deployment, scale.interruptions)
            deployment.start()
            if code is not None:
                await die_at_kill_point(deployment.services["notifier"])
            await asyncio.to_thread(deployment.wait_ready)
            return await judge_notices(deployment, chase, catcher)


def _kill_while_sending(deployment: Deployment, times: int) -> Answer:
    """Kill the notifier in its first conversations, and take nothing over from the dead."""
    notifier = deployment.services["notifier"]
    kills: list[asyncio.Task[None]] = []

    def kill() -> None:
        notifier.kill()
        notifier.start()

    async def answer() -> str:
        if kills and not kills[-1].done():
            return NOT_NOW
        if len(kills) == times:
            return TAKEN
        kills.append(asyncio.create_task(asyncio.to_thread(kill)))
        await asyncio.shield(kills[-1])  # the conversation ends with its client, the kill does not
        return NOT_NOW

    return answer


async def planted_run(stack: Stack, scale: Scale, code: Path, victim: str, *others: str) -> Verdict:
    """Load planted *code* until *victim* has died at the kill point and come back."""
    extra = {it: {"PYTHONPATH": str(code)} for it in (victim, *others)}
    with Deployment.prepare(
        stack, Plan(directory_files=scale.directory_files, extra=extra)
    ) as deployment:
        deployment.start()

        async def nemesis() -> None:
            await die_at_kill_point(deployment.services[victim])
            await asyncio.to_thread(deployment.services[victim].wait_ready)

        return await run_chaos(
            deployment,
            small_workload(scale, SEED + 2),
            nemesis,
            load=PLANTED_LOAD,
        )


def chasing(
    scale: Scale, chase: Chase, catcher: MailCatcher, folder: Path, code: Path | None = None
) -> Plan:
    """Plan a deployment with the committees of *chase* whose mail leaves through *catcher*."""
    notifier = {"QCDC_LEASE_SECONDS": "3", **({"PYTHONPATH": str(code)} if code else {})}
    return Plan(
        directory_files=scale.directory_files,
        committee_files=[chase.write(folder)],
        smtp_port=catcher.port,
        extra={"notifier": notifier},
    )
