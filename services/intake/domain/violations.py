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
_PLACES_OF_CELLS = frozenset({"figures", "openings", "qualifiers", "entered_in"})

Messages = Mapping[str, str]
"""Vietnamese sentences by code, with {placeholders} for the values of a violation."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a sentence that the message file holds too, by its own code."""

    code: str


MessageValue = int | Decimal | str | Phrase | tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """
    One thing that is wrong, or odd, about one field of a submission.

    ``wording`` names its sentence where the one of its code would be untrue: nothing "must equal" a
    sum of which a part is unknown.
    """

    code: str
    field: str
    values: Mapping[str, MessageValue] = dataclasses.field(default_factory=dict)
    severity: Severity = "reject"
    wording: str = ""


Renderer = Callable[[Violation], Finding]


def renderer(
    messages: Messages, labels: Callable[[], Callable[[str], str]] = lambda: str
) -> Renderer:
    """
    Return the function that renders a violation as a finding.

    *labels* answers with what names a cell for people, by the catalogue in force; the path of the
    field stays in the finding, for programs.
    """

    def render(violation: Violation) -> Finding:
        values = {name: _text(value, messages) for name, value in violation.values.items()}
        template = messages[violation.wording or violation.code]
        return Finding(
            code=violation.code,
            field=violation.field,
            severity=violation.severity,
            message=template.format(field=_named(violation.field, labels()), **values),
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


def _named(field: str, label: Callable[[str], str]) -> str:
    """Return what people call a field: a cell by its label, "note" by its name."""
    place, _, cell = field.partition(".")
    return label(cell) if cell and place in _PLACES_OF_CELLS else field


def _text(value: MessageValue, messages: Messages) -> str:
    if isinstance(value, Phrase):
        return messages[value.code]
    if isinstance(value, tuple):
        return ", ".join(messages[it.code] for it in value)
    return value if isinstance(value, str) else number(value)
