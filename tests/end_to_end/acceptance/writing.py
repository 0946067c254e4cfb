"""What is sent, and the files of a directory, as people write them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from shared.directory.loading import load_catalogue
from shared.reference.periods import VIETNAM
from tools.demo.reports import FigureValue, complete
from tools.qcdc.clock import system_clock

TOTAL = "dvk_models_total"

Answer = dict[str, Any]

_CATALOGUE = load_catalogue()


def whole(form: str, figures: Mapping[str, FigureValue]) -> dict[str, FigureValue]:
    """Fill what a form asks for, and nobody knows, with nulls."""
    version = next(it for it in _CATALOGUE.forms if it.code == form)
    return complete(figures, version, _CATALOGUE)


def models(total: int) -> dict[str, FigureValue]:
    """Return the figures of a commune that has some models at the end of a period."""
    return {TOTAL: total}


def codes(verdict: Answer) -> Mapping[str, str]:
    """Return what was found, with severities."""
    return {it["code"]: it["severity"] for it in verdict["findings"]}


def in_seconds(seconds: float) -> datetime:
    """Return an instant that is near, to the second, in Vietnam."""
    return (system_clock() + timedelta(seconds=seconds)).astimezone(VIETNAM).replace(microsecond=0)


def instant(text: str) -> datetime:
    """Read an instant of an answer."""
    return datetime.fromisoformat(text)


def today() -> date:
    """Return the day in Vietnam."""
    return system_clock().astimezone(VIETNAM).date()


def letter(key: str, area: str, period: str, due_at: datetime, email: str = "") -> str:
    """Write a committee that asks for the models of a period until an instant."""
    since = "2020-01-01"
    row = {
        "key": key,
        "name_vi": f"Ban Chỉ đạo {key}",
        "area": area,
        "programmes": ["dan_van_kheo"],
        "letter_style": "party",
        "demands": [
            {
                "form": "F05",
                "period": period,
                "document": f"Công văn {key}",
                "due_at": due_at.isoformat(),
            }
        ],
        "roles": [{"role": "can_bo_dau_moi", "name": "Trần Văn Mẫu", "email": email}]
        if email
        else [],
    }
    text = json.dumps({"committees": [row]}, ensure_ascii=False)
    # YAML reads JSON, but takes an instant only without quotes.
    return text.replace(f'"{due_at.isoformat()}"', due_at.isoformat()).replace(f'"{since}"', since)


def units(rows: Sequence[str]) -> str:
    """Write a file of units."""
    return _csv("key,official_code,level,type,name,parent,valid_from,valid_to", rows)


def links(rows: Sequence[str]) -> str:
    """Write a file of links."""
    return _csv("predecessor,successor,kind,effective_on,decision,verified", rows)


def _csv(head: str, rows: Sequence[str]) -> str:
    return "\n".join([head, *rows, ""])
