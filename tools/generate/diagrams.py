"""The parts of ``docs/ARCHITECTURE.md`` that are generated: the flow, the lives of two things."""

import re
from collections.abc import Iterable, Mapping

from tools.generate.asyncapi import kept
from tools.generate.flow import ANYONE, FLOW, OPERATOR, SERVICES, UPSTREAM, Channel
from tools.generate.state_diagram import duty_diagram, notice_diagram

_BLOCK = re.compile(
    r"(?P<head><!-- generated: (?P<name>[a-z]+); run `make docs` -->\n).*?(?P<tail><!-- end -->)",
    re.DOTALL,
)


def diagrams() -> Mapping[str, str]:
    """Return the generated blocks by the names of their marks."""
    return {
        "flow": diagram(FLOW),
        "topics": topic_table(FLOW),
        "duty": duty_diagram(),
        "notice": notice_diagram(),
    }


def fill(text: str, blocks: Mapping[str, str]) -> str:
    """
    Return *text* with the content of every marked block replaced.

    Raises:
        ValueError: when the marks in the text are not those of the blocks, each once.

    """
    marked = [it["name"] for it in _BLOCK.finditer(text)]
    if sorted(marked) != sorted(blocks):
        raise ValueError(f"the text marks {marked}, there are {list(blocks)}")
    return _BLOCK.sub(lambda it: f"{it['head']}{blocks[it['name']]}{it['tail']}", text)


def diagram(flow: Iterable[Channel]) -> str:
    """Return the flow as a Mermaid diagram: services are boxes, topics are drums."""
    lines = [
        "```mermaid",
        "flowchart LR",
        f"  upstream([{UPSTREAM}])",
        f"  operator([{OPERATOR}, qcdc directory apply])",
        "  senders([whoever posts over HTTP])",
        "  readers([committees, over HTTP])",
        "  recipients([committees, by e-mail])",
        *(f"  {service}[{service}]" for service in SERVICES),
    ]
    for channel in flow:
        names = "<br>".join(event.__name__ for event in channel.events)
        lines.append(f'  {channel.name}[("{_unbraced(channel.topic.name)}<br><i>{names}</i>")]')
        lines += [f"  {_node(it)} --> {channel.name}" for it in channel.writers]
        lines += [f"  {channel.name} --> {_node(it)}" for it in channel.readers if it != ANYONE]
    lines += [
        "  senders --> intake",
        "  aggregator --> readers",
        "  notifier --> recipients",
        "```",
    ]
    return "\n".join(lines) + "\n"


def topic_table(flow: Iterable[Channel]) -> str:
    """Return the topics as a Markdown table."""
    lines = [
        "| topic | key | partition | partitions | kept | carries | written by | read by |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for it in flow:
        cells = (
            f"`{_unbraced(it.topic.name)}`",
            f"`{it.key}`".replace("|", r"\|") if "|" in it.key else it.key,
            it.partition,
            str(it.topic.partitions),
            kept(it.topic),
            ", ".join(event.__name__ for event in it.events),
            ", ".join(it.writers),
            ", ".join(it.readers),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _unbraced(name: str) -> str:
    return name.replace("{", "‹").replace("}", "›")


def _node(party: str) -> str:
    return {UPSTREAM: "upstream", OPERATOR: "operator"}.get(party, party)
