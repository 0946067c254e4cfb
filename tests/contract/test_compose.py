"""
The deployment keeps its promises on paper; ``make compose-check`` runs it for real.

Each rule has met at least one file that breaks it: a rule that cannot fail says nothing.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.contract import compose_rules, dockerfile_rules
from tests.contract.compose_rules import Document
from tools.stack.kafka import container as kafka
from tools.stack.postgres import container as postgres

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
Plant = Callable[[Document], object]


def _service(name: str, **changes: object) -> Plant:
    """Change some options of one service."""
    return lambda compose: compose["services"][name].update(changes)


def _without(name: str, option: str) -> Plant:
    """Take an option away from one service."""
    return lambda compose: compose["services"][name].pop(option)


def _waiting(name: str, other: str, condition: str) -> Plant:
    return lambda compose: compose["services"][name]["depends_on"].update(
        {other: {"condition": condition}}
    )


def _kafka(**changes: str) -> Plant:
    return lambda compose: compose["services"]["kafka"]["environment"].update(changes)


FAULTS: list[tuple[str, Plant]] = [
    ("image_is_pinned", _service("kafka", image="apache/kafka:latest")),
    ("image_is_pinned", _service("kafka", image="apache/kafka")),
    ("image_is_pinned", _service("kafka", image="apache/kafka:4")),
    ("image_is_pinned", _service("postgres", image="postgres:17")),
    ("image_is_pinned", _service("mailpit", image="axllent/mailpit:v1.22")),
    ("image_is_pinned", _service("intake", image="qcdc/intake:${VERSION}")),
    ("image_is_pinned", _without("notifier", "image")),
    ("port_is_local", _service("aggregator", ports=["8800:8800"])),
    ("port_is_local", _service("kafka", ports=["0.0.0.0:9094:9094"])),
    ("port_is_local", _service("postgres", ports=[5432])),
    ("port_is_local", _service("intake", ports=[{"target": 8801, "published": "8801"}])),
    ("health_is_checked", _without("postgres", "healthcheck")),
    ("health_is_checked", _service("intake", healthcheck={"disable": True})),
    ("health_is_checked", _service("kafka", healthcheck={"test": ["NONE"]})),
    ("health_is_checked", _service("mailpit", healthcheck={"interval": "5s"})),
    ("crash_is_mended", _without("notifier", "restart")),
    ("misconfiguration_is_said_once", _without("notifier", "command")),
    ("misconfiguration_is_said_once", _service("intake", command=["sh", "-c", "serve"])),
    ("crash_is_mended", _service("postgres", restart="no")),
    ("crash_is_mended", _service("migrate", restart="on-failure")),
    ("start_waits", _without("intake", "depends_on")),
    ("start_waits", _service("intake", depends_on=["kafka", "postgres", "topics", "migrate"])),
    ("start_waits", _waiting("aggregator", "migrate", "service_started")),
    ("start_waits", _waiting("aggregator", "topics", "service_healthy")),
    ("start_waits", _waiting("notifier", "kafka", "service_started")),
    ("start_waits", _waiting("intake", "directory", "service_started")),
    ("start_waits", _waiting("directory", "topics", "service_started")),
    (
        "directory_is_published_once",
        _service("directory", command=["directory", "apply", "--shipped"]),
    ),
    ("service_is_confined", _service("intake", read_only=False)),
    ("service_is_confined", _without("intake", "tmpfs")),
    ("service_is_confined", _service("aggregator", cap_drop=["NET_RAW"])),
    ("service_is_confined", _service("aggregator", cap_add=["SYS_PTRACE"])),
    ("service_is_confined", _without("notifier", "security_opt")),
    ("service_is_confined", _service("notifier", privileged=True)),
    ("service_is_confined", _service("notifier", user="0:0")),
    ("service_is_confined", _without("intake", "mem_limit")),
    ("service_is_confined", _service("intake", pids_limit=-1)),
    ("service_is_confined", _without("topics", "cap_drop")),
    ("image_is_the_services_own", _without("intake", "build")),
    ("image_is_the_services_own", _service("notifier", build={"target": "operator"})),
    ("kafka_is_kraft", _kafka(KAFKA_PROCESS_ROLES="broker")),
    ("kafka_is_kraft", _kafka(KAFKA_AUTO_CREATE_TOPICS_ENABLE="true")),
    ("only_the_demo_catches_mail", _without("mailpit", "profiles")),
    ("only_the_demo_catches_mail", _service("notifier", profiles=["demo"])),
    ("name_is_free", _service("kafka", container_name="kafka")),
]

DOCKERFILE_FAULTS = [
    ("base_is_pinned", r"python:[\d.]+", "python:3.13"),
    ("base_is_pinned", r"python:\S+", "python"),
    ("user_is_not_root", r"USER 10001\nCMD", "CMD"),
    ("user_is_not_root", r"USER 10001\nENTRYPOINT", "USER root\nENTRYPOINT"),
    ("hashes_are_required", r"--require-hashes ", ""),
    ("service_stands_alone", r"services/\$\{SERVICE\} ", "services "),
    ("service_stands_alone", r"COPY requirements", "COPY . /app\nCOPY requirements"),
    ("service_stands_alone", r"COPY requirements", "ADD tools /app\nCOPY requirements"),
    ("classic_builder_is_enough", r"RUN pip", "RUN --mount=type=cache,target=/root/.cache pip"),
]


@pytest.fixture
def compose() -> Document:
    """Provide the file as it is, for this test alone."""
    # Through JSON, since by its anchors two services would share what a test changes in one.
    document: Document = json.loads(json.dumps(yaml.safe_load(COMPOSE)))
    return document


def test_compose_file_keeps_every_rule(compose: Document) -> None:
    """It is the deployment on one host: nobody looks at it again before it runs."""
    assert compose_rules.problems(compose) == []


@pytest.mark.parametrize(("rule", "plant"), FAULTS)
def test_planted_fault_is_found(compose: Document, rule: str, plant: Plant) -> None:
    """The rule that is meant for a fault finds it, and no other rule speaks."""
    plant(compose)

    assert {it.partition(":")[0] for it in compose_rules.problems(compose)} == {rule}


def test_dockerfile_keeps_every_rule() -> None:
    """All four images come from this one file."""
    assert dockerfile_rules.problems(DOCKERFILE) == []


@pytest.mark.parametrize(("rule", "pattern", "replacement"), DOCKERFILE_FAULTS)
def test_planted_fault_in_the_dockerfile_is_found(
    rule: str, pattern: str, replacement: str
) -> None:
    """The rule that is meant for a fault finds it, and no other rule speaks."""
    faulty, count = re.subn(pattern, replacement.replace("\\", r"\\"), DOCKERFILE, count=1)

    assert count == 1
    assert {it.partition(":")[0] for it in dockerfile_rules.problems(faulty)} == {rule}


def test_every_rule_has_met_a_fault() -> None:
    """A check that cannot fail is a defect."""
    assert {rule for rule, _ in FAULTS} == {it.__name__ for it in compose_rules.RULES}
    assert {rule for rule, _, _ in DOCKERFILE_FAULTS} == {
        *(it.__name__ for it in dockerfile_rules.RULES),
        "classic_builder_is_enough",
    }


def test_containers_of_the_tests_are_what_is_deployed(compose: Document) -> None:
    """Whatever Testcontainers would start by default."""
    deployed = {name: compose["services"][name]["image"] for name in ("kafka", "postgres")}

    assert deployed == {"kafka": kafka.IMAGE, "postgres": postgres.IMAGE}


def test_build_sees_nothing_but_what_is_copied() -> None:
    """Passwords in .env and whatever else lies around never reach the engine."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [it for it in ignored if it and not it.startswith("#")]

    assert rules[0] == "*"
    assert not [it for it in rules if it.startswith("!") and ("*" in it or ".env" in it)]


def test_example_settings_are_those_that_compose_reads() -> None:
    """A variable that nobody reads would be set in vain."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    offered = set(re.findall(r"^(\w+)=", example, flags=re.MULTILINE))

    assert offered <= set(re.findall(r"\$\{(\w+)", COMPOSE))
    assert set(re.findall(r"\$\{(\w+):\?", COMPOSE)) <= offered
