"""
What must hold for ``docker-compose.yml``, as one tuple of small rules.

A rule yields a sentence for everything that it finds wrong. The document is a plain mapping: what
a YAML file holds has no better type.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

Document = dict[str, Any]
Rule = Callable[[Document], Iterator[str]]

LINE = ("intake", "aggregator", "notifier")
JOBS = ("topics", "migrate", "directory")
HEALTHY, DONE = "service_healthy", "service_completed_successfully"
CONDITIONS = {"kafka": HEALTHY, "postgres": HEALTHY} | dict.fromkeys(JOBS, DONE)
_FULL_VERSION = re.compile(r"v?\d+\.\d+\.\d+(-[a-z0-9.]+)*")
_FULL_VERSION_OF_POSTGRES = re.compile(r"\d{2}\.\d+(-[a-z0-9.]+)*")  # two parts since version 10


def problems(compose: Document) -> list[str]:
    """Return everything wrong with a Compose file, each with the name of its rule."""
    return [f"{rule.__name__}: {it}" for rule in RULES for it in rule(compose)]


def image_is_pinned(compose: Document) -> Iterator[str]:
    """Want a full version: a moving tag is another program tomorrow."""
    for name, service in compose["services"].items():
        image = service.get("image", "")
        if not is_pinned(image):
            yield f"{name} runs {image or 'an image without a name'!r}"


def is_pinned(image: str) -> bool:
    """Tell whether an image is named with a full version."""
    repository, _, tag = image.partition(":")
    wanted = _FULL_VERSION_OF_POSTGRES if repository == "postgres" else _FULL_VERSION
    return wanted.fullmatch(tag) is not None


def port_is_local(compose: Document) -> Iterator[str]:
    """Want 127.0.0.1: Docker publishes past the host's firewall."""
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            host = port.get("host_ip") if isinstance(port, dict) else str(port).rpartition(":")[0]
            if not str(host).startswith("127.0.0.1"):
                yield f"{name} publishes {port}"


def health_is_checked(compose: Document) -> Iterator[str]:
    """Want a check wherever a process stays; a job tells by its exit code instead."""
    for name, service in _long_running(compose):
        check = service.get("healthcheck", {})
        if check.get("disable") or check.get("test", "NONE") in ("NONE", ["NONE"]):
            yield f"{name} has no health check"


def crash_is_mended(compose: Document) -> Iterator[str]:
    """Want whatever stays to come back, and a job that failed to wait for a person."""
    for name, service in _long_running(compose):
        if service.get("restart") != "unless-stopped":
            yield f"{name} does not come back"
    for name in JOBS:
        if compose["services"][name].get("restart", "no") != "no":
            yield f"{name} would be repeated"


def misconfiguration_is_said_once(compose: Document) -> Iterator[str]:
    """Want no start for ever: what a restart cannot mend waits for a person."""
    for name in LINE:
        command = compose["services"][name].get("command", [])
        if not command or not str(command[-1]).endswith(" serve --stay"):
            yield f"{name} would start again and again"


def start_waits(compose: Document) -> Iterator[str]:
    """Want servers that answer, topics, tables and a directory, before a service."""
    for name in LINE:
        yield from _unawaited(compose, name, CONDITIONS)
    yield from _unawaited(compose, "directory", {"kafka": HEALTHY, "topics": DONE})


def directory_is_published_once(compose: Document) -> Iterator[str]:
    """Want a start not to undo what operators have published since the first one."""
    command = compose["services"]["directory"].get("command", [])
    if command != ["directory", "apply", "--shipped", "--first"]:
        yield f"directory runs {command}"


def service_is_confined(compose: Document) -> Iterator[str]:
    """Want a hole in one of our programs not to become a hole in the host."""
    for name in (*LINE, *JOBS):
        service = compose["services"][name]
        kept = {
            "read_only": service.get("read_only") is True,
            "tmpfs": service.get("tmpfs") == ["/tmp"],
            "cap_drop": service.get("cap_drop") == ["ALL"] and not service.get("cap_add"),
            "security_opt": service.get("security_opt") == ["no-new-privileges:true"],
            "privileged": not service.get("privileged"),
            "user": str(service.get("user", "10001")) == "10001",
            "mem_limit": bool(service.get("mem_limit")),
            "pids_limit": service.get("pids_limit", 0) > 0,
        }
        yield from (f"{name}: {option}" for option, is_kept in kept.items() if not is_kept)


def image_is_the_services_own(compose: Document) -> Iterator[str]:
    """Want the target that copies what SERVICE names and nothing else."""
    for name in LINE:
        build = compose["services"][name].get("build", {})
        if (build.get("target"), build.get("args")) != ("service", {"SERVICE": name}):
            yield f"{name} is built as {build}"


def kafka_is_kraft(compose: Document) -> Iterator[str]:
    """Want one process for broker and controller, and no topic by misspelling."""
    environment = compose["services"]["kafka"]["environment"]
    if environment.get("KAFKA_PROCESS_ROLES") != "broker,controller":
        yield "kafka is not its own controller"
    if environment.get("KAFKA_AUTO_CREATE_TOPICS_ENABLE") != "false":
        yield "kafka creates topics by accident"


def only_the_demo_catches_mail(compose: Document) -> Iterator[str]:
    """Want all that a deployment needs without a profile, and nothing more."""
    profiles = {it: service.get("profiles") for it, service in compose["services"].items()}
    expected = {it: ["demo"] if it == "mailpit" else None for it in profiles}
    if profiles != expected:
        yield f"profiles are {profiles}"


def name_is_free(compose: Document) -> Iterator[str]:
    """Want no fixed name: it lets only one deployment live on a host."""
    for name, service in compose["services"].items():
        if "container_name" in service:
            yield f"{name} is always {service['container_name']}"


def _unawaited(compose: Document, name: str, wanted: dict[str, str]) -> Iterator[str]:
    waits = compose["services"][name].get("depends_on", {})
    for other, condition in wanted.items():
        entry = waits.get(other, {}) if isinstance(waits, dict) else {}
        if entry.get("condition") != condition:
            yield f"{name} does not wait until {other} is {condition}"


def _long_running(compose: Document) -> Iterator[tuple[str, Document]]:
    return ((it, service) for it, service in compose["services"].items() if it not in JOBS)


RULES: tuple[Rule, ...] = (
    image_is_pinned,
    port_is_local,
    health_is_checked,
    crash_is_mended,
    misconfiguration_is_said_once,
    start_waits,
    directory_is_published_once,
    service_is_confined,
    image_is_the_services_own,
    kafka_is_kraft,
    only_the_demo_catches_mail,
    name_is_free,
)
