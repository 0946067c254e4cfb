"""What a question may ask of the reference data in force; anything else is answered at once."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.errors import QuestionRefused
from services.aggregator.usecases.naming import unit_answer
from shared.reference.directory import Directory, Unit
from shared.reference.periods import Period, label_vi
from shared.reference.reference_data import ReferenceData
from shared.reference.vietnamese import date_short


def asked_unit(directory: Directory, key: str) -> Unit:
    """Return the unit. Raises QuestionRefused when there is none."""
    if not key:
        raise QuestionRefused("unit_missing")
    unit = directory.get(key)
    if unit is None:
        raise QuestionRefused("unknown_unit", unit=key)
    return unit


def check_unit_is_current(reference: ReferenceData, key: str, today: date) -> None:
    """
    Let a unit pass that has boundaries today.

    Raises QuestionRefused when it has ended, naming who holds its area; or when it has not begun.
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
    names = ", ".join(f"{it.name} ({it.key})" for it in holders)
    raise QuestionRefused(
        "unit_ended",
        {"name": name, "last": date_short(last), "holders": names or "–"},
        unit=key,
        valid_to=str(last),
        held_by=[it.model_dump(mode="json") for it in holders],
    )


def asked_day(on: str, today: date) -> date:
    """Return the day asked for, today when none is. Raises QuestionRefused when it is no day."""
    try:
        return date.fromisoformat(on) if on else today
    except ValueError:
        raise QuestionRefused("bad_day", on=on) from None


def asked_forms(
    layouts: Layouts, wanted: Sequence[str], periods: Sequence[Period]
) -> Mapping[Period, Sequence[Layout]]:
    """
    Return the layouts of each period: of the forms wanted, or of all that accept the period.

    Raises QuestionRefused on an unknown form, or when no form wanted is reported for the periods.
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
        labels = ", ".join(label_vi(it) for it in periods[:1])
        raise QuestionRefused("no_form_for_period", {"labels": labels})
    return selected


def asked_form(layouts: Layouts, form: str, period: Period) -> Layout:
    """Return the one form asked for. Raises QuestionRefused when it is missing or unknown."""
    if not form:
        raise QuestionRefused("form_missing")
    return asked_forms(layouts, [form], [period])[period][0]
