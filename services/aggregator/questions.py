"""What a reader asks for, read from query parameters; a misunderstanding is answered at once."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.scopes import View
from services.aggregator.naming import unit_answer
from services.aggregator.words import SENTENCES as _SAY
from shared.infra.web.app import Problem
from shared.reference.directory import Directory, Unit
from shared.reference.periods import Period, label_vi, parse_period, periods_between
from shared.reference.reference_data import ReferenceData
from shared.reference.vietnamese import date_short

PERIODS_MAX = 240
_PREFERRED = [
    (regime, kind)
    for kind in ("year", "half", "quarter", "month", "nine_months")
    for regime in ("cal", "nd09")
]


def asked_unit(directory: Directory, key: str) -> Unit:
    """Return the unit. Raises Problem when there is none."""
    if not key:
        raise Problem(400, "unit_missing", "Thiếu tham số “unit”: mã đơn vị cần xem.")
    unit = directory.get(key)
    if unit is None:
        raise Problem(404, "unknown_unit", f"Không có đơn vị nào mang mã “{key}”.", unit=key)
    return unit


def asked_today(reference: ReferenceData, key: str, today: date) -> None:
    """
    Let a unit pass that has boundaries today.

    Raises:
        Problem: when it has ended, naming who holds its area; or when it has not begun.

    """
    if reference.directory.alive(key, today):
        return
    its = reference.directory.states(key)
    name, last, first = its[-1].name, its[-1].valid_to, its[0].valid_from
    if last is None or today <= last:
        detail = _SAY["unit_not_begun"].format(name=name, first=first and date_short(first))
        raise Problem(409, "unit_not_begun", detail, unit=key, valid_from=str(first))
    holders = [
        unit_answer(reference, it, today)
        for it in reference.lineage.answers_for(key, today, reference.directory)
    ]
    names = ", ".join(f"{it.name} ({it.key})" for it in holders)
    detail = _SAY["unit_ended"].format(name=name, last=date_short(last), holders=names or "–")
    raise Problem(
        409,
        "unit_ended",
        detail,
        unit=key,
        valid_to=str(last),
        held_by=[it.model_dump(mode="json") for it in holders],
    )


def asked_view(view: str) -> View:
    """Return whose boundaries are asked for. Raises Problem when there is no such view."""
    if view not in ("as_reported", "current"):
        raise Problem(400, "bad_view", _SAY["bad_view"].format(view=view), view=view)
    return "current" if view == "current" else "as_reported"


def asked_day(on: str, today: date) -> date:
    """Return the day asked for, today when none is. Raises Problem when it is no day."""
    try:
        return date.fromisoformat(on) if on else today
    except ValueError:
        raise Problem(400, "bad_day", _SAY["bad_day"].format(on=on), on=on) from None


def asked_period(code: str) -> Period:
    """Return the period. Raises Problem when it is missing or none."""
    if not code:
        raise Problem(400, "period_missing", "Thiếu tham số “period”: mã kỳ báo cáo.")
    period = parse_period(code)
    if period is None:
        raise Problem(
            400,
            "bad_period",
            f"“{code}” không phải là mã kỳ báo cáo; ví dụ đúng: cal.2023, nd09.2026-M11.",
            period=code,
        )
    return period


def asked_periods(period: str, first: str, last: str) -> Sequence[Period]:
    """Return one period or a range, none when neither is named. Raises Problem on nonsense."""
    if period and (first or last):
        raise Problem(
            400, "period_and_range", "Chỉ chọn một trong hai: “period”, hoặc “from” và “to”."
        )
    if period:
        return [asked_period(period)]
    if not first and not last:
        return []
    if not first or not last:
        raise Problem(400, "half_a_range", "Khoảng kỳ cần đủ cả “from” và “to”.")
    return _range(asked_period(first), asked_period(last))


def all_periods(reported: Sequence[Period]) -> Sequence[Period]:
    """
    Return the periods from the first to the last for which there are reports.

    All of one regime and kind, so that nothing is counted twice: calendar years before others.
    """
    for regime, kind in _PREFERRED:
        alike = [it for it in reported if (it.regime, it.kind) == (regime, kind)]
        if alike:
            return periods_between(min(alike), max(alike))
    return []


def asked_forms(
    layouts: Layouts, wanted: Sequence[str], periods: Sequence[Period]
) -> Mapping[Period, Sequence[Layout]]:
    """
    Return the layouts of each period: of the forms wanted, or of all that accept the period.

    Raises:
        Problem: on an unknown form, or when no form wanted is reported for the periods.

    """
    for form in wanted:
        if form not in layouts.forms:
            raise Problem(400, "unknown_form", f"Không có biểu mẫu “{form}”.", form=form)
    selected = {
        period: [
            layout
            for form in wanted or layouts.forms
            if (layout := layouts.of(form, period.code)) and layout.form.accepts(period)
        ]
        for period in periods
    }
    if not any(selected.values()):
        labels = ", ".join(label_vi(it) for it in periods[:1])
        raise Problem(400, "no_form_for_period", f"Không có biểu mẫu nào lập cho kỳ {labels}.")
    return selected


def asked_form(layouts: Layouts, form: str, period: Period) -> Layout:
    """Return the one form asked for. Raises Problem when it is missing or unknown."""
    if not form:
        raise Problem(400, "form_missing", _SAY["form_missing"])
    return asked_forms(layouts, [form], [period])[period][0]


def _range(first: Period, last: Period) -> Sequence[Period]:
    try:
        periods = periods_between(first, last)
    except ValueError:
        raise Problem(
            400,
            "bad_range",
            "“from” và “to” phải cùng chế độ, cùng loại kỳ báo cáo, và “from” không sau “to”.",
        ) from None
    if len(periods) > PERIODS_MAX:
        raise Problem(400, "range_too_long", f"Khoảng kỳ dài quá {PERIODS_MAX} kỳ báo cáo.")
    return periods
