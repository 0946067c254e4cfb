"""The position of each figure of a form in a row of the ledger, and how it adds up there."""

from dataclasses import dataclass
from functools import cached_property

from shared.reference.catalogue import Catalogue
from shared.reference.forms import FormVersion
from shared.reference.indicators import Indicator
from shared.reference.periods import Period, parse_period


@dataclass(frozen=True)
class Layout:
    """The cells of the form version that is in force for a period, by position."""

    form: FormVersion
    indicators: tuple[Indicator, ...]
    """The indicator of each position."""

    @property
    def width(self) -> int:
        """How many figures a report of this form holds."""
        return len(self.indicators)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The key of each position."""
        return tuple(self.form.position)

    @cached_property
    def decimals(self) -> tuple[int, ...]:
        """Positions of figures that travel as decimal text and are kept in hundredths."""
        return tuple(n for n, it in enumerate(self.indicators) if it.scale)

    @cached_property
    def derived(self) -> tuple[int, ...]:
        """Positions that no total ever holds: rates follow from the sums of their parts."""
        return tuple(n for n, it in enumerate(self.indicators) if it.over_units == "ratio")

    @cached_property
    def looked_up(self) -> tuple[int, ...]:
        """Positions that only the total of the reporting unit itself holds."""
        return tuple(n for n, it in enumerate(self.indicators) if it.over_units == "none")


class Layouts:
    """The layouts of a catalogue, each computed once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_codes: dict[tuple[str, str], Layout | None] = {}
        self._of_version: dict[FormVersion, Layout] = {}

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The codes of all forms, whatever the version."""
        return tuple(sorted({it.code for it in self._catalogue.forms}))

    def of(self, form: str, period: str) -> Layout | None:
        """Return the layout of a form for a period, None when either is unknown."""
        key = form, period
        if key not in self._by_codes:
            parsed = parse_period(period)
            self._by_codes[key] = self._find(form, parsed) if parsed else None
        return self._by_codes[key]

    def require(self, form: str, period: str) -> Layout:
        """Return the layout of a counted report. Raises KeyError when the catalogue lost it."""
        layout = self.of(form, period)
        if layout is None:
            raise KeyError(f"the catalogue has no form {form} for {period}")
        return layout

    def _find(self, form: str, period: Period) -> Layout | None:
        version = self._catalogue.form(form, period)
        if version is None:
            return None
        if version not in self._of_version:
            by_code = self._catalogue.indicators
            indicators = tuple(by_code[cell.indicator] for cell in version.cells)
            self._of_version[version] = Layout(version, indicators)
        return self._of_version[version]


def require_period(code: str) -> Period:
    """Return the period of a counted report. Raises KeyError when no regime has it."""
    period = parse_period(code)
    if period is None:
        raise KeyError(f"no regime has a period {code}")
    return period
