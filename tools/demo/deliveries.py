"""Who sends what, in which order: half through each door, some twice, some wrong at first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.contracts.reports import ReportSubmitted, ReportWithdrawalRequested
from tools.demo.apportion import sample
from tools.demo.reports import FigureValue, Report

WRONG_ONE_IN = 60
REPEATED_ONE_IN = 25
WITHDRAWAL_REASON = "Gửi nhầm kỳ báo cáo (mẫu)."
# Cells that no rule ties to another, so that a wrong figure in them is accepted.
_UNTIED = ("petitions_received", "social_criticism_conferences", "guidance_documents_issued")


class Door(StrEnum):
    """The way in."""

    KAFKA = "kafka"
    HTTP = "http"


Event = ReportSubmitted | ReportWithdrawalRequested


@dataclass(frozen=True)
class Delivery:
    """One event at one door."""

    door: Door
    event: Event


@dataclass(frozen=True)
class Load:
    """
    What is sent, wave by wave; a wave begins when the one before it was taken.

    ``wrong`` figures are corrected by ``right``; some of them are withdrawn in between. What is
    ``withdrawn`` for good belongs to slots in which nothing else is sent. ``again`` repeats a part
    of ``right`` word for word.
    """

    wrong: tuple[Delivery, ...]
    withdrawals: tuple[Delivery, ...]
    right: tuple[Delivery, ...]
    again: tuple[Delivery, ...]


def plan_load(reports: Sequence[Report], stray: Report, now: datetime) -> Load:
    """Lay out the delivery of reports; *stray* is reported once, by mistake, and withdrawn."""
    doors = dict(zip((it.slot for it in reports), _alternate(len(reports)), strict=True))
    right = tuple(Delivery(doors[it.slot], submission(it, now)) for it in reports)
    wrong = [it for it in map(_spoilt, reports) if it and _picked(it, "wrong", WRONG_ONE_IN)]
    first_of_each_door = {doors[it.slot]: it for it in reversed(wrong)}
    withdrawals = [Delivery(door, _withdrawal(it, now)) for door, it in first_of_each_door.items()]
    return Load(
        wrong=(
            *(Delivery(doors[it.slot], submission(it, now, turn="0")) for it in wrong),
            Delivery(Door.HTTP, submission(stray, now, turn="0")),
        ),
        withdrawals=(*withdrawals, Delivery(Door.HTTP, _withdrawal(stray, now))),
        right=right,
        again=tuple(
            delivery
            for delivery, it in zip(right, reports, strict=True)
            if _picked(it, "again", REPEATED_ONE_IN)
        ),
    )


def in_time(reports: Iterable[Report], now: datetime) -> tuple[Delivery, ...]:
    """Return the reports of the current period, half at each door."""
    events = [submission(it, now) for it in reports]
    return tuple(map(Delivery, _alternate(len(events)), events))


def submission(report: Report, now: datetime, turn: str = "1") -> ReportSubmitted:
    """Return the event of a report; *turn* tells a correction from what it corrects."""
    return ReportSubmitted(
        event_id=_event_id(report, turn),
        occurred_at=now,
        unit=report.unit,
        form=report.form,
        period=report.period,
        figures=dict(report.figures),
        qualifiers=dict(report.qualifiers),
        note=report.note,
    )


def _withdrawal(report: Report, now: datetime) -> ReportWithdrawalRequested:
    return ReportWithdrawalRequested(
        event_id=_event_id(report, "0.rut"),
        occurred_at=now,
        unit=report.unit,
        form=report.form,
        period=report.period,
        reason=WITHDRAWAL_REASON,
    )


def _event_id(report: Report, turn: str) -> str:
    return f"{report.unit}:{report.form}:{report.period}:{turn}"


def _alternate(count: int) -> list[Door]:
    return [Door.KAFKA if index % 2 == 0 else Door.HTTP for index in range(count)]


def _picked(report: Report, what: str, one_in: int) -> bool:
    return sample(f"{what} {report.slot}", one_in) == 0


def _spoilt(report: Report) -> Report | None:
    """Return the report with one figure wrong, too high or too low; None if none can be."""
    for cell in _UNTIED:
        value = report.figures.get(cell)
        if isinstance(value, int):
            wrong = 0 if value and sample(report.unit, 2) else value + 10
            figures: dict[str, FigureValue] = {**report.figures, cell: wrong}
            return replace(report, figures=figures)
    return None
