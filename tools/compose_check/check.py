"""The steps, in their order; the first that fails ends the check."""

import json
from collections.abc import Callable
from functools import partial

from shared.directory.loading import load_reference_data
from tools.compose_check.client import SOURCE, DeploymentClient, Figures
from tools.compose_check.project import CheckFailed, Project
from tools.compose_check.reports import AREA, COUNTED, PERIOD, Reports
from tools.qcdc.settings import SERVICES
from tools.stack.waiting import wait_until

Say = Callable[[str], None]
WAIT_SECONDS_MAX = 180
"""A start of the container, its health checks, and a host that is busy with other things."""

BROKER_VERSION = ["/opt/kafka/bin/kafka-broker-api-versions.sh", "--version"]


def check(project: Project, say: Say) -> None:
    """
    Run the whole deployment once.

    Raises:
        CheckFailed: or ``NotReady`` from waiting; what runs is left for the caller to take down.

    """
    project.build()
    say("built the images of the three services and of qcdc")
    project.up()
    say(f"up and healthy as {project.name}: {_versions_inside(project)}")
    say(f"directory: {_directory(project)}")
    key = project.run("migrate", "keys", "create", "--source", SOURCE)
    say(f"made an API key for {SOURCE}")
    reports = Reports(load_reference_data())
    client = DeploymentClient(project.ports, key)
    client.send_over_http(reports.next())
    client.send_over_kafka(reports.next())
    say(f"{AREA} {PERIOD}: {_wait_for_total(client, reports)}, one over HTTP, one over Kafka")
    in_turns = (client.send_over_http, client.send_over_kafka, client.send_over_http)
    for service, send in zip(SERVICES, in_turns, strict=True):
        before = client.figures()
        _kill(project, service)
        if client.figures() != before:
            raise CheckFailed(f"the totals changed when {service} was killed")
        send(reports.next())
        say(f"killed {service}; it came back: {_wait_for_total(client, reports)}")
    for service in SERVICES:
        client.check_health(service)
    say(f"ready and without complaints, each of them: {', '.join(SERVICES)}")


def _directory(project: Project) -> str:
    """Return what is in force in words; the first start has published what ships."""
    shown = json.loads(project.run("directory", "directory", "show", "--json"))
    if shown["in_force"] is None or shown["unfinished"]:
        raise CheckFailed(f"the directory is {shown}")
    return f"revision {shown['in_force']['revision']}, {shown['entities']['unit']} units"


def _versions_inside(project: Project) -> str:
    kafka = project.exec("kafka", *BROKER_VERSION).split()[0]
    postgres = project.exec("postgres", "postgres", "--version").split()[-1]
    python = project.exec("intake", "python", "--version").split()[-1]
    return f"Kafka {kafka}, PostgreSQL {postgres}, Python {python}"


def _kill(project: Project, service: str) -> None:
    """Kill a service where it lives and wait until its restart policy has brought it back."""
    restarts = int(project.inspect(service, "{{.RestartCount}}"))
    project.kill_inside(service)
    wait_until(
        partial(_ask_back, project, service, f"{restarts + 1} healthy"),
        what=f"{service} did not come back",
        errors=(CheckFailed,),
        seconds_max=WAIT_SECONDS_MAX,
    )


def _ask_back(project: Project, service: str, expected: str) -> None:
    found = project.inspect(service, "{{.RestartCount}} {{.State.Health.Status}}")
    if found != expected:
        raise CheckFailed(f"restarts and health are {found!r}")


def _wait_for_total(client: DeploymentClient, reports: Reports) -> str:
    """Return the total in words once everything that was sent is in it, and nothing else."""

    def ask() -> None:
        figure = _own(client.figures())
        found = figure["value"], figure["reported_by"], figure["expected"]
        if found != (reports.total, reports.sent, reports.expected):
            raise CheckFailed(f"{COUNTED} is {found}")

    wait_until(
        ask,
        what="the total is not complete",
        errors=(CheckFailed,),
        seconds_max=WAIT_SECONDS_MAX,
    )
    return f"{COUNTED} {reports.total} from {reports.sent} of {reports.expected} communes"


def _own(figures: Figures) -> dict[str, object]:
    """Find the figure itself among its breakdowns."""
    found = [it for it in figures if it["indicator"] == COUNTED and not it["split"]]
    if len(found) != 1:
        raise CheckFailed(f"{COUNTED} is answered {len(found)} times")
    return found[0]
