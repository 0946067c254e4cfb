"""What a rule objects to: a code with values, rendered as a Vietnamese sentence."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.contracts.reports import Finding
from shared.contracts.values import Severity
from shared.reference.vietnamese import number

SHOWN_CHARACTERS_MAX = 80
FINDINGS_MAX = 1_000

Messages = Mapping[str, str]
"""Vietnamese sentences by code, with {placeholders} for the values of a violation."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a sentence that the message file holds too, by its own code."""

    code: str


MessageValue = int | Decimal | str | Phrase


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong, or odd, about one field of a submission."""

    code: str
    field: str
    values: Mapping[str, MessageValue] = dataclasses.field(default_factory=dict)
    severity: Severity = "reject"


Renderer = Callable[[Violation], Finding]


def renderer(messages: Messages) -> Renderer:
    """Return the function that renders a violation as a finding."""

    def render(violation: Violation) -> Finding:
        values = {
            name: messages[value.code] if isinstance(value, Phrase) else _text(value)
            for name, value in violation.values.items()
        }
        return Finding(
            code=violation.code,
            field=violation.field,
            severity=violation.severity,
            message=messages[violation.code].format(field=violation.field, **values),
        )

    return render


def render_all(violations: Sequence[Violation], render: Renderer) -> list[Finding]:
    """Render violations, of very many the first: a receipt must fit into a message."""
    findings = [render(it) for it in violations[:FINDINGS_MAX]]
    if rest := len(violations) - len(findings):
        findings.append(render(Violation("more_findings", "", {"count": rest}, "warn")))
    return findings


def printable(text: object) -> str:
    """
    Return untrusted text in a form that is safe to show and to store.

    NUL and lone surrogates would break PostgreSQL and UTF-8; direction marks would lie to a reader.
    """
    shown = "".join(it if it.isprintable() else f"\\u{ord(it):04x}" for it in str(text)[:200])
    return shown if len(shown) <= SHOWN_CHARACTERS_MAX else shown[: SHOWN_CHARACTERS_MAX - 1] + "…"


def _text(value: int | Decimal | str) -> str:
    return value if isinstance(value, str) else number(value)
