"""
The errors of the domain facts.

Exception
├── FactError             a fact file says something that cannot be used
│   └── FactErrors        several of them
└── ValueError
    └── NoDueInstant      the reference data do not say when something is due
        ├── CalendarTooShort
        └── NoDeadlineRule
"""

from collections.abc import Sequence


class FactError(Exception):
    """
    A fact file says something that cannot be used; nothing may start on it.

    Its text begins like a compiler's: "forms.yaml:37: form F05, splits 2: indicator: …".
    """

    def __init__(self, file: str, where: str, message: str, line: int | None = None) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(": ".join(part for part in (place, where, message) if part))
        self.file = file
        self.where = where
        self.message = message
        self.line = line


class FactErrors(FactError):
    """Several problems, a line each, so that an operator mends all of them before the next try."""

    def __init__(self, problems: Sequence[FactError]) -> None:
        first = problems[0]
        super().__init__(first.file, first.where, first.message, first.line)
        self.args = ("\n".join(map(str, problems)),)
        self.problems = tuple(problems)


class NoDueInstant(ValueError):
    """The reference data do not say when something is due; others may."""


class CalendarTooShort(NoDueInstant):
    """The calendar does not know of a day; a guessed holiday would accuse somebody wrongly."""


class NoDeadlineRule(NoDueInstant):
    """The regime has no rule for a period and a level of units."""
