"""One rule: a small function, where it comes from, how heavily it weighs, when it is in force."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.intake.domain.case import Case
from services.intake.domain.history import HistoryPart
from services.intake.domain.parsing import SubmissionEvent
from services.intake.domain.violations import Violation
from shared.contracts.values import Severity
from shared.reference.dates import Dated

RuleBasis = Literal["law", "custom", "default"]
"""Whether an act says so, the way in which people report, or we, for want of either."""

RuleCheck = Callable[[Case], Iterator[Violation]]
RuleCondition = Callable[[Case], bool]
ReadCondition = Callable[[SubmissionEvent], bool]


def _always(_: SubmissionEvent) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """The part of the history that a rule reads; ``needed`` spares reports it cannot refuse."""

    part: HistoryPart
    needed: ReadCondition = _always


@dataclass(frozen=True, slots=True)
class Rule(Dated):
    """
    What a rule says of itself; ``code`` is the name of its function and of its findings.

    ``id`` is its number in docs/DOMAIN.md, shared by rules that say one thing of several figures.
    It is applied to forms with all of ``cells`` and to reports for which ``applies_if`` holds.
    Beside the report it may read what ``reads`` names, and nothing else. Both dates are included.
    """

    id: str
    code: str
    severity: Severity
    source: str
    basis: RuleBasis
    check: RuleCheck
    valid_from: date | None
    valid_to: date | None
    cells: tuple[str, ...]
    applies_if: RuleCondition | None
    reads: HistoryRead | None

    @property
    def summary(self) -> str:
        """The first sentence of its docstring, for a list of all rules."""
        text = (self.check.__doc__ or "").strip().partition("\n\n")[0]
        return " ".join(text.split())

    @property
    def dateless(self) -> bool:
        """Whether it holds for every period, so that no period need be known."""
        return self.valid_from is None and self.valid_to is None

    def in_force(self, day: date) -> bool:
        """Tell whether the rule holds for a period that ends on a day."""
        return self.span.contains(day)


def rule(  # noqa: PLR0913 - what a rule has to say of itself
    id: str,  # noqa: A002 - what everybody calls it
    severity: Severity = "reject",
    *,
    source: str,
    basis: RuleBasis,
    valid_from: date | None = None,
    valid_to: date | None = None,
    cells: tuple[str, ...] = (),
    applies_if: RuleCondition | None = None,
    reads: HistoryRead | None = None,
) -> Callable[[RuleCheck], Rule]:
    """
    Make a rule of a function that yields violations under its own name.

    ``judge`` gives the violations the rule's *severity*. A rule is in force for a report when it is
    on the last day of the report's period, so a new law leaves earlier periods alone.
    """

    def make(check: RuleCheck) -> Rule:
        return Rule(
            id=id,
            code=check.__name__,
            severity=severity,
            source=source,
            basis=basis,
            check=check,
            valid_from=valid_from,
            valid_to=valid_to,
            cells=cells,
            applies_if=applies_if,
            reads=reads,
        )

    return make
