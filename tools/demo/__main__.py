"""
``make demo``: the whole deployment on this machine, fed with the figures of the five articles.

It calls itself ready only when the totals hold every figure and the digest has been caught.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from aiokafka.errors import KafkaError

from examples.http_client import NoAnswer, RequestRefused
from examples.kafka_client import NotAcknowledged
from shared.contracts.topics import COMMON
from shared.infra.kafka.topics import create_missing_topics
from shared.reference.periods import VIETNAM, label_vi
from tools.demo import checks, mail_page
from tools.demo.scenario import AREA, FORM, Scenario, build, committee_file
from tools.demo.sending import (
    ANSWER_SECONDS_MAX,
    HTTP_SOURCE,
    KAFKA_SOURCE,
    Upstreams,
    send_load,
    send_poison,
)
from tools.demo.settings import DemoError, Ports, command, url
from tools.deployment.deployment import Deployment, Plan
from tools.mail_catcher import MailCatcher
from tools.qcdc.clock import system_clock
from tools.stack.errors import StackError
from tools.stack.processes import log_tail
from tools.stack.stack import Stack
from tools.stack.waiting import blocking

GRACE_MIN = timedelta(seconds=15)
"""From the start of the services to the deadline of the current month's reports, at least."""

GRACE_PER_PREPARATION = 4
"""A machine that is slow to prepare is slow to start services: measured at 2 to 3 times as long."""

SETTLE_SECONDS_MAX = 90.0
"""From the end of the load to the last figure and the digest."""

UNANSWERED = (NoAnswer, NotAcknowledged, RequestRefused, httpx.HTTPError, KafkaError)
EXIT_FAILED, EXIT_INTERRUPTED = 1, 130


@dataclass(frozen=True)
class Demo:
    """All parts, running."""

    deployment: Deployment
    scenario: Scenario
    mailbox: MailCatcher
    due_at: datetime


def main() -> int:
    """Return what the shell sees."""
    # A shell starts background jobs deaf to Ctrl-C; the demo promises to end on it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ports = Ports.from_environ(os.environ)
        ports.check_free()
        with _running(ports) as demo:
            _fill_or_explain(demo)
            print(
                *_guide(ports, demo.deployment, demo.scenario),
                sep="\n",
            )
            sys.stdout.flush()
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
            print("ending everything", flush=True)
    except (DemoError, StackError) as problem:
        print(f"demo: {problem or problem.__doc__}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0


@contextmanager
def _running(ports: Ports) -> Iterator[Demo]:
    """Start everything, last the services, and end all of it whatever happens in the block."""
    with ExitStack() as undo:
        try:
            print("starting PostgreSQL and Kafka, which Maven fetches the first time", flush=True)
            stack = undo.enter_context(Stack.start())
            print(*stack.describe(), sep="\n", flush=True)
            _check_unused(stack)
            yield _start(ports, stack, undo)
        finally:
            # A second Ctrl-C must not stop the ending of servers and the removal of their data.
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _start(ports: Ports, stack: Stack, undo: ExitStack) -> Demo:
    begun = system_clock()
    mailbox = undo.enter_context(MailCatcher.open())
    undo.enter_context(mail_page.serving(mailbox.mails, ports.mail))
    scenario = build(stack.scratch, system_clock())
    plan = _plan(ports, scenario, mailbox.port)
    deployment = undo.enter_context(Deployment.prepare(stack, plan))
    now = system_clock()
    due_at = (now + max(GRACE_MIN, GRACE_PER_PREPARATION * (now - begun))).replace(microsecond=0)
    committees = stack.scratch / "committees.yaml"
    committees.write_text(committee_file(scenario.period, due_at), encoding="utf-8")
    deployment.publish_committees(committees)
    deployment.start()
    deployment.wait_ready()
    print("services: intake, aggregator and notifier are ready", flush=True)
    return Demo(deployment, scenario, mailbox, due_at)


def _check_unused(stack: Stack) -> None:
    """Refuse a broker of somebody else's that holds the reports of another deployment."""
    if stack.kafka.restartable:
        return
    missing = blocking(create_missing_topics(stack.kafka.bootstrap, COMMON, dry_run=True))
    if len(missing) < len(COMMON):
        raise DemoError(f"{stack.kafka.name} holds reports already; the demo needs an empty broker")


def _plan(ports: Ports, scenario: Scenario, smtp_port: int) -> Plan:
    return Plan(
        sources=(KAFKA_SOURCE, HTTP_SOURCE),
        ports={
            "aggregator": ports.aggregator,
            "intake": ports.intake,
            "notifier": ports.notifier,
        },
        directory_files=scenario.directory_files,
        smtp_port=smtp_port,
    )


def _fill_or_explain(demo: Demo) -> None:
    try:
        asyncio.run(_fill(demo))
    except (
        DemoError,
        NoAnswer,
        NotAcknowledged,
        RequestRefused,
        httpx.HTTPError,
        KafkaError,
    ) as problem:
        for service in demo.deployment.services.values():
            print(f"--- the end of {service.name}'s log\n{log_tail(service.log)}", file=sys.stderr)
        raise DemoError(str(problem) or repr(problem)) from problem


async def _fill(demo: Demo) -> None:
    """Send everything, and return once everything has come out."""
    deployment, scenario = demo.deployment, demo.scenario
    async with AsyncExitStack() as undo:
        upstreams = await undo.enter_async_context(Upstreams.connect(deployment))
        readers = checks.Readers(
            await undo.enter_async_context(_reader(deployment.url("aggregator"))),
            await undo.enter_async_context(_reader(deployment.url("notifier"))),
            demo.mailbox.mails,
        )
        await upstreams.send(scenario.in_time)
        await checks.until_all_in_time(readers, scenario, demo.due_at, system_clock)
        print(_current_month(scenario, demo.due_at), flush=True)
        await send_load(upstreams, scenario.load)
        await send_poison(upstreams, scenario.poisons, scenario.unreadable)
        await checks.until_totals_hold(readers, scenario.expected, SETTLE_SECONDS_MAX)
        print(f"totals: every figure of the articles holds ({len(scenario.expected)} questions)")
        print("notice: waiting for the deadline and the digest", flush=True)
        to_deadline = max(0.0, (demo.due_at - system_clock()).total_seconds())
        await checks.until_digest_is_caught(readers, scenario, to_deadline + SETTLE_SECONDS_MAX)


def _reader(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, timeout=ANSWER_SECONDS_MAX, trust_env=False)


def _current_month(scenario: Scenario, due_at: datetime) -> str:
    """Say who has reported the current month."""
    month, until = label_vi(scenario.period), due_at.astimezone(VIETNAM)
    return (
        f"load: {len(scenario.in_time)} communes of Ninh Bình have reported {month} in time,"
        f" {len(scenario.late)} have not; due at {until:%H:%M:%S} in Vietnam"
    )


def _guide(ports: Ports, deployment: Deployment, scenario: Scenario) -> list[str]:
    """Return everything that follows once the demo is ready."""
    period, key = scenario.period.code, deployment.keys[HTTP_SOURCE]
    asked = "totals", "coverage", "late"
    totals, coverage, late = (f"{url(ports.aggregator)}/v1/{it}" for it in asked)
    return [
        f"ready: {url(ports.aggregator)}",
        f"  intake       {url(ports.intake)}  (API: /openapi.json)",
        f"  notifier     {url(ports.notifier)}/v1/notices",
        f"  caught mail  {url(ports.mail)}",
        f"  API key      {key}",
        "figures to look at:",
        f"  Hà Nội 1/2021-12/12/2023  {totals}?unit=01.1&period=hanoi.20210101-20231212",
        f"  Hà Nội 1/2022-12/12/2023  {totals}?unit=01.1&period=hanoi.20220101-20231212",
        f"  Hà Nội 2022, 7 ranks up   {totals}?unit=01.1&period=cal.2022&compare_with=cal.2021",
        f"  Ninh Bình 2023            {totals}?unit=37.1&period=cal.2023",
        f"  Long An 2023              {totals}?unit=80.1&period=cal.2023",
        f"  Long An 2021-2023         {totals}?unit=80.1&period=longan.20210101-20231231",
        f"  TP Hà Tĩnh, five years    {totals}?unit=D436.1&period=tphatinh.20170512-20220516",
        f"  windows of Hà Nội         {url(ports.aggregator)}/v1/periods?unit=01.1",
        f"  how complete 2023 is      {coverage}?unit=37.1&period=cal.2023&form=F05",
        f"  who is late               {late}?unit={AREA}&form={FORM}&period={period}",
        f"send the {len(scenario.late)} missing reports, from another terminal:",
        f"  {ports.command('tools.demo.send_missing')} --key {key}",
        "send a report of your own, with a client to copy (examples/README.md):",
        f"  {command('examples.send_report')} --key {key} --url {url(ports.intake)}",
        f"  {command('examples.send_report')} --kafka {deployment.kafka} --source {KAFKA_SOURCE}",
        "units with keys FX-... and all shares of units are samples; Ctrl-C ends everything",
    ]


if __name__ == "__main__":
    sys.exit(main())
