"""One rule: a small function, where it comes from, how heavily it weighs, when it is in force."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.intake.domain.case import Case
from services.intake.domain.violations import Remark
from shared.contracts.values import Severity

State = Literal["law", "custom", "default"]
"""Whether an act says so, the way in which people report, or we, for want of either."""

Need = Literal["misfits", "entered_in", "qualifiers", "scores", "history"]
"""What some reports have and most have not; a rule about it need not be asked about the others."""

Check = Callable[[Case], Iterator[Remark]]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    What a rule says of itself; ``code`` is the name of its function and of its findings.

    ``id`` is its number in docs/DOMAIN.md, shared by rules that say one thing of several figures.
    It is only asked about forms with all of ``cells``, and about reports with what it ``needs``.
    Both dates are included.
    """

    id: str
    code: str
    severity: Severity
    source: str
    state: State
    check: Check
    valid_from: date | None
    valid_to: date | None
    cells: tuple[str, ...]
    needs: Need | None

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
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


def rule(  # noqa: PLR0913 - what a rule has to say of itself
    id: str,  # noqa: A002 - what everybody calls it
    severity: Severity = "reject",
    *,
    source: str,
    state: State,
    valid_from: date | None = None,
    valid_to: date | None = None,
    cells: tuple[str, ...] = (),
    needs: Need | None = None,
) -> Callable[[Check], Rule]:
    """
    Make a rule of a function that yields remarks under its own name.

    The judge gives the remarks the rule's *severity*, and takes a rule for the last day of the
    report's period, so that a new law leaves what was reported under the old one alone.
    """

    def make(check: Check) -> Rule:
        return Rule(
            id, check.__name__, severity, source, state, check, valid_from, valid_to, cells, needs
        )

    return make
