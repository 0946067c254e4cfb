"""Who owes a form for a window of a committee's own regime: nobody whom nobody has asked."""

from collections.abc import Iterable

from shared.reference.committees import Committee
from shared.reference.periods import Period
from shared.reference.regimes import Regimes


class WindowDuties:
    """What regimes and letters ask for, by form and window."""

    def __init__(self, regimes: Regimes, committees: Iterable[Committee]) -> None:
        self._regimes = regimes
        self._asking: dict[tuple[str, str], set[str]] = {}
        for committee in committees:
            for demand in committee.demands:
                areas = self._asking.setdefault((demand.form, demand.period), set())
                areas.add(committee.area)

    def asked_in(self, form: str, period: Period, areas: tuple[str, ...]) -> bool:
        """
        Return whether a unit is asked for a form; *areas* are the unit itself and its path.

        It lies in the area of the regime, and the regime is obligatory or a letter of a committee
        of its area asks for this form and window.
        """
        regime = self._regimes.get(period.regime)
        if regime is None or not regime.holds_in(areas) or not self._regimes.knows(period):
            return False
        if regime.forms and form not in regime.forms:
            return False
        asking = self._asking.get((form, period.code), set())
        return regime.obligatory or not asking.isdisjoint(areas)
