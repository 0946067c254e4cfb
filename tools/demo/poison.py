"""What must not be taken, and what intake has to say to it: the golden mutations and worse."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.reports import ReportSubmitted
from tools.demo.deliveries import submission
from tools.demo.reports import Report

_NAN = float("nan")


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
        _spoil(
            front, now, "resolved_within_detected", figures=cases | {"pib_cases_resolved": 1687}
        ),
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
