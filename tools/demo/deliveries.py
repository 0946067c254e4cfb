"""
Who sends what, in which order: half over Kafka, half over HTTP, some twice, some wrong at first.

And what must not be taken, with what intake has to say to it: the golden mutations and worse.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.contracts.reports import ReportSubmitted, ReportWithdrawalRequested
from tools.demo.apportion import sample
from tools.demo.reports import FigureValue, Report

WRONG_ONE_IN = 40
REPEATED_ONE_IN = 25
_NAN = float("nan")
WITHDRAWAL_REASON = "Gửi nhầm kỳ báo cáo (mẫu)."
# Cells that no rule ties to another, so that a wrong figure in them is accepted.
_UNTIED = ("petitions_received", "social_criticism_conferences", "guidance_documents_issued")


class Transport(StrEnum):
    """The way into intake."""

    KAFKA = "kafka"
    HTTP = "http"


Event = ReportSubmitted | ReportWithdrawalRequested


@dataclass(frozen=True)
class Delivery:
    """One event and the way it goes."""

    transport: Transport
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
    ways = dict(zip((it.slot for it in reports), _alternate(len(reports)), strict=True))
    right = tuple(Delivery(ways[it.slot], submission(it, now)) for it in reports)
    wrong = [it for it in map(_spoilt, reports) if it and _picked(it, "wrong", WRONG_ONE_IN)]
    first_of_each = {ways[it.slot]: it for it in reversed(wrong)}
    withdrawals = [Delivery(way, _withdrawal(it, now)) for way, it in first_of_each.items()]
    return Load(
        wrong=(
            *(Delivery(ways[it.slot], submission(it, now, turn="0")) for it in wrong),
            Delivery(Transport.HTTP, submission(stray, now, turn="0")),
        ),
        withdrawals=(*withdrawals, Delivery(Transport.HTTP, _withdrawal(stray, now))),
        right=right,
        again=tuple(
            delivery
            for delivery, it in zip(right, reports, strict=True)
            if _picked(it, "again", REPEATED_ONE_IN)
        ),
    )


def in_time(reports: Iterable[Report], now: datetime) -> tuple[Delivery, ...]:
    """Return the reports of the current period, half each way."""
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


def _alternate(count: int) -> list[Transport]:
    return [Transport.KAFKA if index % 2 == 0 else Transport.HTTP for index in range(count)]


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


@dataclass(frozen=True)
class Poison:
    """
    A body that no total may ever feel, and the code of the finding that refuses it.

    ``carrier`` is the sound report that it pretends to be: its identity and its headers.
    """

    carrier: ReportSubmitted
    body: bytes
    code: str


def poisons(front: Report, models: Report, now: datetime) -> tuple[Poison, ...]:
    """Spoil a report of the Front (F04) and one of a unit's models (F05) in every way we know."""
    stock = {"dvk_models_opening": 1251, "dvk_models_new": 421}
    cases = {"pib_violations_detected": 1566, "pib_cases_resolved": 1446}
    settled = {"pib_cases_carried_in": 0, "pib_cases_resolved": 1687}
    closing = stock | {"dvk_models_removed": 37, "dvk_models_total": 1636}
    removed = stock | {"dvk_models_removed": 1673, "dvk_models_total": None}
    fields = {
        "dvk_models_total": 963,
        "dvk_models_total[field=kinh_te]": 500,
        "dvk_models_total[field=van_hoa_xa_hoi]": 462,
    }
    return (
        _spoil(models, now, "stock_balance", figures=closing),
        _spoil(models, now, "removed_within_available", figures=removed),
        _spoil(models, now, "split_sums_to_total", figures=fields),
        _spoil(models, now, "thousands_separator", figures={"dvk_models_total": "1.635"}),
        _spoil(front, now, "resolved_within_detected", figures=cases | settled),
        _spoil(front, now, "rate_agrees", figures=cases | {"pib_resolution_rate": "92.50"}),
        _spoil(front, now, "not_additive", figures={"par_index_score": "89.58"}),
        _spoil(front, now, "not_a_number", figures={"pib_supervisions": _NAN}),
        _spoil(front, now, "unknown_unit", unit="FX-01.1-9999"),
    )


def not_json(report: Report, now: datetime) -> Poison:
    """Cut a report in half: it cannot even be answered on Kafka, and becomes a dead letter."""
    carrier = _carrier(report, now, "not_json")
    return Poison(carrier, carrier.model_dump_json().encode()[:120], "not_json")


def _spoil(
    report: Report,
    now: datetime,
    code: str,
    *,
    figures: Mapping[str, int | float | str | None] | None = None,
    unit: str | None = None,
) -> Poison:
    carrier = _carrier(report, now, code)
    document = carrier.model_dump(mode="json", exclude_none=False)
    document["figures"] |= figures or {}
    document["unit"] = unit or report.unit
    return Poison(carrier, json.dumps(document).encode(), code)


def _carrier(report: Report, now: datetime, code: str) -> ReportSubmitted:
    return submission(report, now).model_copy(update={"event_id": f"poison:{code}"})
