"""Punctuality: the units that sent a form, sent it late, or have not sent it though it was due."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.contracts.totals import Coverage, Unfounded


@dataclass(frozen=True, slots=True)
class ReportReceipt:
    """
    The punctuality of a unit's current report, judged once, by intake.

    ``on_time`` is None for history entered after the fact. The instants of the first receipt and of
    the newest revision are kept apart: a correction after the deadline makes no report late.
    """

    unit: str
    on_time: bool | None
    first_received_at: datetime
    received_at: datetime
    due_at: datetime

    @property
    def last_corrected_at(self) -> datetime | None:
        """When the newest correction was received, None when the first version is in force."""
        return self.received_at if self.received_at > self.first_received_at else None


ReceiptsByForm = Mapping[str, Mapping[str, ReportReceipt]]
"""Current reports by form and unit."""


@dataclass(frozen=True, slots=True)
class Straggler:
    """A unit that sent a form late, or not at all though it was due."""

    unit: str
    form: str
    state: Literal["late", "missing"]
    due_at: datetime
    first_received_at: datetime | None = None
    last_corrected_at: datetime | None = None


def coverage(
    owing: frozenset[str], receipts: Iterable[ReportReceipt], unfounded: Unfounded | None = None
) -> Coverage:
    """
    Count the units that owe a form; reports of other units do not count.

    *unfounded* says why the number of those that owe is no fact.
    """
    punctual = [it.on_time for it in receipts if it.unit in owing]
    return Coverage(
        expected=len(owing),
        reported=len(punctual),
        on_time=punctual.count(True),
        late=punctual.count(False),
        missing=len(owing) - len(punctual),
        backfilled=punctual.count(None),
        unfounded=unfounded,
    )


def added(parts: Iterable[Coverage]) -> Coverage:
    """Return the coverage of several forms together."""
    parts = list(parts)
    return Coverage(
        expected=sum(it.expected for it in parts),
        reported=sum(it.reported for it in parts),
        on_time=sum(it.on_time for it in parts),
        late=sum(it.late for it in parts),
        missing=sum(it.missing for it in parts),
        backfilled=sum(it.backfilled for it in parts),
        unfounded=next((it.unfounded for it in parts if it.unfounded), None),
    )


def stragglers(
    form: str,
    owing: frozenset[str],
    receipts: Mapping[str, ReportReceipt],
    due_at: Callable[[str], datetime | None],
    as_of: datetime,
) -> list[Straggler]:
    """
    Return the units that sent a form late, and those past their due instant without a report.

    A unit whose due instant is not known (``due_at`` returns None) is not listed.
    """
    late = [
        Straggler(
            unit,
            form,
            "late",
            receipt.due_at,
            receipt.first_received_at,
            receipt.last_corrected_at,
        )
        for unit, receipt in receipts.items()
        if unit in owing and receipt.on_time is False
    ]
    missing = [
        Straggler(unit, form, "missing", due)
        for unit in owing - receipts.keys()
        if (due := due_at(unit)) is not None and due < as_of
    ]
    return [*missing, *late]
