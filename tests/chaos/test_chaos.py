"""
Nothing is lost, nothing is counted twice, whatever is killed; and the test can tell.

The kills come at random moments (seeded) under 200 requests a second of new, corrected, repeated,
unchanged, withdrawn and unreadable submissions, half over Kafka and half over HTTP.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos.chase import Chase, judge_notices, now, plan_chase
from tests.chaos.nemesis import all_ready, kill_servers, kill_services
from tests.chaos.planting import plant
from tests.chaos.post import PostOffice, post_office
from tests.chaos.run import Verdict, run_chaos, small_workload
from tools.line.line import Line, Plan
from tools.stack.errors import StackError
from tools.stack.stack import Stack

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]
KILLS = 10
SEED = int(os.environ.get("QCDC_CHAOS_SEED", "20261122"))  # noqa: TID251 - to repeat a failure


def report(verdict: Verdict) -> str:
    """Say what the run did and the first things that were wrong."""
    return "\n".join([f"seed {SEED}: {dict(verdict.counts)}", *verdict.anomalies[:20]])


async def test_ten_sigkills_of_each_service_under_load(stack: Stack, tmp_path: Path) -> None:
    """The promise of the README, with thirty kills: totals, journal and notices."""
    chase = plan_chase(6, now() + timedelta(seconds=15), (10, 60), SEED)
    async with post_office() as post:
        with Line.prepare(stack, chasing(chase, post, tmp_path)) as line:
            line.start()
            line.wait_ready()

            async def nemesis() -> None:
                await kill_services(list(line.services.values()), KILLS, SEED)
                await all_ready(line)

            verdict = await run_chaos(line, small_workload(SEED), nemesis, chase=chase)
            verdict.anomalies += await judge_notices(line, chase, post)

    print(report(verdict))
    assert verdict.counts["a second"] > 100, "the load was not there"
    assert verdict.counts["reads"] > 100, "nobody read"
    assert verdict.anomalies == [], report(verdict)


async def test_kafka_and_postgresql_restart_under_load(stack: Stack) -> None:
    """No manual action: the services find their way back by themselves."""
    if not (stack.kafka.restartable and stack.postgres.restartable and stack.kafka.durable):
        pytest.skip(f"{stack.kafka.name} or {stack.postgres.name} is not ours to restart")
    with Line.prepare(stack, Plan()) as line:
        line.start()
        line.wait_ready()

        async def nemesis() -> None:
            await kill_servers([stack.kafka, stack.postgres, stack.kafka, stack.postgres])
            await all_ready(line)

        verdict = await run_chaos(line, small_workload(SEED + 1), nemesis)

    print(report(verdict))
    assert verdict.anomalies == [], report(verdict)


async def test_commit_before_the_database_is_caught(stack: Stack, tmp_path: Path) -> None:
    """Planted: the position moves first, the effect follows in a transaction of its own."""
    code = plant(
        tmp_path,
        "shared/infra/kafka/inbox.py",
        """            if fresh:
                await self._change(connection, fresh)
            await self._keep_unreadable(
                connection, [it for span in spans.values() for it in span.unreadable]
            )
            await self._move(connection, spans)
""",
        """            await self._move(connection, spans)
        import asyncio
        await asyncio.sleep(0.05)
        async with self.database.transaction() as connection:
            if fresh:
                await self._change(connection, fresh)
            await self._keep_unreadable(
                connection, [it for span in spans.values() for it in span.unreadable]
            )
""",
    )

    verdict = await planted_run(stack, code, ["aggregator"], kills=8)

    print(report(verdict))
    assert any("must show" in it or "revisions are kept" in it for it in verdict.anomalies)


async def test_equal_revision_counted_again_is_caught(stack: Stack, tmp_path: Path) -> None:
    """Planted: ``>=`` for ``>`` in the revision guard; a killed relay repeats what it sent."""
    code = plant(
        tmp_path,
        "services/aggregator/domain/fold.py",
        "if number > counted.revision:",
        "if number >= counted.revision:",
    )

    verdict = await planted_run(stack, code, ["aggregator", "intake"], kills=8)

    print(report(verdict))
    assert verdict.anomalies


async def test_killed_while_sending_loses_no_notice(stack: Stack, tmp_path: Path) -> None:
    """Twelve digests, the notifier killed five times in the middle of its conversations."""
    anomalies = await interrupted_sending(stack, tmp_path)

    assert anomalies == []


async def test_notice_marked_before_it_is_sent_is_caught(stack: Stack, tmp_path: Path) -> None:
    """Planted: the row says sent, then the process dies, and the committee never hears of it."""
    (tmp_path / "code").mkdir()
    code = plant(
        tmp_path / "code",
        "services/notifier/deliver.py",
        "        outcome = await ready.channel.send(ready.letter)",
        """        await self._settle(ready, Outcome(Ending.TAKEN, "planted"))
        outcome = await ready.channel.send(ready.letter)""",
    )

    anomalies = await interrupted_sending(stack, tmp_path, code)

    print(anomalies[:5])
    assert any("no mail arrived" in it for it in anomalies)


async def interrupted_sending(stack: Stack, folder: Path, code: Path | None = None) -> list[str]:
    """Let twelve letters fall due at once, and kill whoever is sending before the mail is taken."""
    chase = plan_chase(12, now(), (4, 5), SEED)
    chase.silent |= {task.slot.unit for _, task in chase.tasks}
    async with post_office() as post:
        plan = chasing(chase, post, folder, code)
        with Line.prepare(stack, plan) as line:
            post.refuse_while = _kill_while_sending(line, 5)
            line.start()
            await asyncio.to_thread(line.wait_ready)
            return await judge_notices(line, chase, post)


def _kill_while_sending(line: Line, times: int) -> Callable[[], Awaitable[bool]]:
    """Kill the notifier in its first conversations, and take nothing over from the dead."""
    notifier = line.services["notifier"]
    kills: list[asyncio.Task[None]] = []

    def kill() -> None:
        notifier.kill()
        notifier.start()

    async def refuse() -> bool:
        if kills and not kills[-1].done():
            return True
        if len(kills) == times:
            return False
        kills.append(asyncio.create_task(asyncio.to_thread(kill)))
        await asyncio.shield(kills[-1])  # the conversation ends with its client, the kill does not
        return True

    return refuse


async def planted_run(stack: Stack, code: Path, services: Sequence[str], kills: int) -> Verdict:
    """Load a line whose *services* run on the planted *code*, and kill those."""
    extra = {it: {"PYTHONPATH": str(code)} for it in services}
    with Line.prepare(stack, Plan(extra=extra)) as line:
        line.start()
        line.wait_ready()

        stuck: list[str] = []

        async def nemesis() -> None:
            victims = [line.services[it] for it in services]
            try:
                await kill_services(victims, kills, SEED, pause=(0.2, 1.0), at_work=True)
            except StackError as problem:
                stuck.append(f"did not come back: {problem}")

        verdict = await run_chaos(line, small_workload(SEED + 2), nemesis, quiet_seconds=20)
        verdict.anomalies += stuck
        return verdict


def chasing(chase: Chase, post: PostOffice, folder: Path, code: Path | None = None) -> Plan:
    """Plan a line with the committees of *chase* whose mail leaves through *post*."""
    notifier = {"QCDC_LEASE_SECONDS": "3", **({"PYTHONPATH": str(code)} if code else {})}
    return Plan(
        committee_files=[chase.write(folder)],
        smtp_port=post.port,
        extra={"notifier": notifier},
    )
