"""The states of a duty and of a notice as diagrams, from the tables that the notifier works by."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from services.notifier.domain import attempts, duties

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


def duty_diagram() -> str:
    """Return the life cycle of a duty in Mermaid."""
    return _diagram(duties.INITIAL_STATE, duties.TRANSITIONS)


def notice_diagram() -> str:
    """Return the life cycle of a notice in Mermaid."""
    return _diagram(attempts.INITIAL_STATE, attempts.TRANSITIONS)


def _diagram(initial: S, transitions: Mapping[tuple[S, T], S]) -> str:
    """Draw one arrow for a pair of states."""
    arrows: dict[tuple[S, S], list[str]] = {}
    for (state, trigger), following in transitions.items():
        arrows.setdefault((state, following), []).append(trigger.replace("_", " "))
    lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {initial}"]
    for (state, following), triggers in arrows.items():
        lines.append(f"  {state} --> {following}: {', '.join(triggers)}")
    return "\n".join([*lines, "```"]) + "\n"
