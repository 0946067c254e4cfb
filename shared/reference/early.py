"""Reports that come before their period ends."""

from datetime import datetime

from shared.reference.periods import Period


def is_early(received_at: datetime, period: Period, due_at: datetime) -> bool:
    """
    Tell whether a report came while its period ran, so that its figures cannot be complete.

    A letter that wants it by the end of the period or before ("chậm nhất ngày 25/11" for the year)
    asks for what is known by then: such a report is not early.
    """
    return received_at < period.closes_at < due_at
