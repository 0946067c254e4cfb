"""
What must hold for the ``Dockerfile``, read as text: stages, and the instructions of each.

A rule yields a sentence for everything that it finds wrong.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.contract.compose_rules import is_pinned

USER = "10001"
OF_A_SERVICE = {"requirements", "shared", "services/__init__.py", "services/${SERVICE}"}
_BUILDKIT = re.compile(r"--mount=|--link\b|--chmod=|<<|^# *syntax *=", re.MULTILINE)


@dataclass
class Stage:
    """One FROM and what follows it, as (instruction, arguments)."""

    name: str
    image: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        """List the arguments of every such instruction."""
        return [arguments for name, arguments in self.instructions if name == instruction]


Stages = dict[str, Stage]
Rule = Callable[[Stages], Iterator[str]]


def problems(dockerfile: str) -> list[str]:
    """Return everything wrong with a Dockerfile, each with the name of its rule."""
    found = [f"{rule.__name__}: {it}" for rule in RULES for it in rule(stages(dockerfile))]
    if _BUILDKIT.search(dockerfile):
        found.append("classic_builder_is_enough: it needs BuildKit")
    return found


def stages(dockerfile: str) -> Stages:
    """Read a Dockerfile: comments go, continued lines are joined."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE).replace("\\\n", " ")
    read: Stages = {}
    for line in filter(str.strip, text.splitlines()):
        name, arguments = line.strip().split(maxsplit=1)
        if name == "FROM":
            image, _, stage = arguments.partition(" AS ")
            read[stage] = current = Stage(stage, image)
        else:
            current.instructions.append((name, arguments))
    return read


def base_is_pinned(read: Stages) -> Iterator[str]:
    """Want every stage to stand on another one or on a full version."""
    for stage in read.values():
        if stage.image not in read and not is_pinned(stage.image):
            yield f"{stage.name} stands on {stage.image}"


def user_is_not_root(read: Stages) -> Iterator[str]:
    """Want the same unprivileged number in every image."""
    for name in ("service", "operator"):
        if read[name].all("USER")[-1:] != [USER]:
            yield f"{name} does not end as {USER}"


def hashes_are_required(read: Stages) -> Iterator[str]:
    """Want a package that was changed at its source not to get in."""
    for stage in read.values():
        for command in stage.all("RUN"):
            if "pip install" in command and "--require-hashes" not in command:
                yield f"{stage.name} installs without hashes"


def service_stands_alone(read: Stages) -> Iterator[str]:
    """Want shared/ and one service in an image: no neighbour can be imported."""
    line = [read["service"]]
    while line[-1].image in read:
        line.append(read[line[-1].image])
    for stage in line:
        copied = {source for it in stage.all("COPY") for source in it.split()[:-1]}
        yield from (f"it takes {it} along" for it in sorted(copied - OF_A_SERVICE))
        yield from (f"it adds {it}" for it in stage.all("ADD"))


RULES: tuple[Rule, ...] = (
    base_is_pinned,
    user_is_not_root,
    hashes_are_required,
    service_stands_alone,
)
