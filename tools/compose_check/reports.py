"""The reports that are sent: communes of today's Ninh Bình, one after another."""

from datetime import UTC, datetime

from examples.http_client import Document
from shared.reference.periods import parse_period
from shared.reference.reference_data import ReferenceData

AREA, FORM, PERIOD = "37.2", "F05", "nd09.2026-M10"
COUNTED = "dvk_models_total"


class Reports:
    """Each report counts ten times the one before: a total shows which of them are in it."""

    def __init__(self, reference: ReferenceData) -> None:
        period = parse_period(PERIOD)
        form = reference.catalogue.form(FORM, period) if period else None
        if period is None or form is None:
            raise LookupError(f"the catalogue has no {FORM} for {PERIOD}")
        indicators = reference.catalogue.indicators
        own = [cell.key for cell in form.cells if not cell.split]
        self._unknown = [key for key in own if indicators[key].priority == 1]
        self._owing = reference.directory.owing(form, period, AREA)
        self.sent = 0

    @property
    def expected(self) -> int:
        """How many communes owe the report."""
        return len(self._owing)

    @property
    def total(self) -> int:
        """What all that was sent adds up to: 1, 11, 111."""
        return sum(10**it for it in range(self.sent))

    def next(self) -> Document:
        """Write the next commune's report; whatever it must state and does not know is null."""
        number, self.sent = self.sent, self.sent + 1
        return {
            "event_id": f"compose-check-{number}",
            "occurred_at": datetime.now(UTC).isoformat(),
            "unit": self._owing[number].key,
            "form": FORM,
            "period": PERIOD,
            "figures": {**dict.fromkeys(self._unknown), COUNTED: 10**number},
        }
