"""The states of a duty as a diagram, from the table that the notifier works by."""

from services.notifier.domain.duties import INITIAL_STATE, TRANSITIONS, DutyState


def duty_diagram() -> str:
    """Return the life cycle of a duty in Mermaid, one arrow for a pair of states."""
    arrows: dict[tuple[DutyState, DutyState], list[str]] = {}
    for (state, trigger), following in TRANSITIONS.items():
        arrows.setdefault((state, following), []).append(trigger.replace("_", " "))
    lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {INITIAL_STATE}"]
    for (state, following), triggers in arrows.items():
        lines.append(f"  {state} --> {following}: {', '.join(triggers)}")
    return "\n".join([*lines, "```"]) + "\n"
