"""
Shared step: resolve what a question names by the reference data in force.

Raises QuestionRefused, whose code names the Vietnamese sentence of the answer.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.errors import QuestionRefused
from services.aggregator.usecases.answers import unit_answer
from shared.reference.directory import Directory
from shared.reference.periods import Period
from shared.reference.place_names import in_sentence
from shared.reference.reference_data import ReferenceData
from shared.reference.regimes import Regimes
from shared.reference.vietnamese import date_short


def check_unit(directory: Directory, key: str) -> None:
    """Raise QuestionRefused when no unit is named, or one that does not exist."""
    if not key:
        raise QuestionRefused("unit_missing")
    if directory.get(key) is None:
        raise QuestionRefused("unknown_unit", unit=key)


def check_unit_is_current(reference: ReferenceData, key: str, today: date) -> None:
    """
    Raise QuestionRefused when a unit has no boundaries today.

    When it has ended, the refusal names the units that hold its area.
    """
    if reference.directory.alive(key, today):
        return
    states = reference.directory.states(key)
    name, last, first = states[-1].name, states[-1].valid_to, states[0].valid_from
    if last is None or today <= last:
        shown = {"name": name, "first": first and date_short(first)}
        raise QuestionRefused("unit_not_begun", shown, unit=key, valid_from=str(first))
    holders = [
        unit_answer(reference, it, today)
        for it in reference.lineage.answers_for(key, today, reference.directory)
    ]
    names = ", ".join(f"{in_sentence(it.name)} ({it.key})" for it in holders)
    raise QuestionRefused(
        "unit_ended",
        {"name": name, "last": date_short(last), "holders": names or "–"},
        unit=key,
        valid_to=str(last),
        held_by=[it.model_dump(mode="json") for it in holders],
    )


def resolve_day(on: str, today: date) -> date:
    """Return the day, *today* when none is named. Raises QuestionRefused when it is no day."""
    try:
        return date.fromisoformat(on) if on else today
    except ValueError:
        raise QuestionRefused("bad_day", on=on) from None


def resolve_forms(
    layouts: Layouts, wanted: Sequence[str], periods: Sequence[Period], regimes: Regimes
) -> Mapping[Period, Sequence[Layout]]:
    """
    Return the layouts of each period: of the *wanted* forms, or of all that accept the period.

    Raises QuestionRefused on an unknown form, or when no form is reported for any of the periods.
    """
    for form in wanted:
        if form not in layouts.forms:
            raise QuestionRefused("unknown_form", form=form)
    selected = {
        period: [
            layout
            for form in wanted or layouts.forms
            if (layout := layouts.of(form, period.code)) and layout.form.accepts(period)
        ]
        for period in periods
    }
    if not any(selected.values()):
        labels = ", ".join(regimes.label_vi(it) for it in periods[:1])
        raise QuestionRefused("no_form_for_period", {"labels": labels})
    return selected


def resolve_form(layouts: Layouts, form: str, period: Period, regimes: Regimes) -> Layout:
    """Return the layout of one form. Raises QuestionRefused when it is missing or unknown."""
    if not form:
        raise QuestionRefused("form_missing")
    return resolve_forms(layouts, [form], [period], regimes)[period][0]
