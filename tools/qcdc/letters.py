"""What a committee's letters must say before they are published: somebody to ask, time to grant."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from shared.directory.contents import DirectoryContents
from shared.reference.catalogue import FormVersion
from shared.reference.committees import Committee, Demand, Extension, letter_due, letters_of
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.periods import Period, parse_period
from shared.reference.reference_data import ReferenceData


def letter_problems(contents: DirectoryContents, reference: ReferenceData) -> Iterator[FactError]:
    """Yield the letters that nobody can follow: a mistyped key or form accuses somebody."""
    for committee, row, letter in letters_of(contents.committees, contents.origin):
        asked = _asked(letter, reference)
        if asked is None:
            message = f"nobody can report {letter.form} for {letter.period} ({letter.document})"
            yield row.wrong("form", message)
            continue
        form, period = asked
        if not committee.asks_for(period):
            message = f"it ends on {period.last_day}, after the committee ({committee.valid_to})"
            yield row.wrong("period", message)
        elif isinstance(letter, Extension) and letter.units:
            for reason in _not_granted(committee, letter, form, period, reference.directory):
                yield row.wrong("units", reason)
        elif not reference.directory.owing(form, period, committee.area):
            message = f"no unit of {committee.area} owes {form.code} for {period.code}"
            yield row.wrong("form", message)


def letter_warnings(contents: DirectoryContents, reference: ReferenceData) -> Iterator[FactError]:
    """Yield the extensions that move no due instant, among letters without problems."""
    committees = tuple(replace(it, extensions=()) for it in reference.committees)
    ungranted = replace(reference, committees=committees)
    for committee, row, letter in letters_of(contents.committees, contents.origin):
        asked = _asked(letter, reference)
        if asked and isinstance(letter, Extension):
            form, period = asked
            due = list(_due(committee, letter, form, period, ungranted))
            if due and (letter_due(letter, reference.calendar) or letter.due_at) <= min(due):
                message = f"grants nobody more time: without it all are due {min(due)} or later"
                yield row.refused(message)


def _asked(
    letter: Demand | Extension, reference: ReferenceData
) -> tuple[FormVersion, Period] | None:
    period = parse_period(letter.period)
    form = reference.catalogue.form(letter.form, period) if period else None
    return (form, period) if period and form and reference.regimes.takes(form, period) else None


def _not_granted(
    committee: Committee, letter: Extension, form: FormVersion, period: Period, directory: Directory
) -> Iterator[str]:
    """Name the units to which a letter can grant nothing."""
    for key in sorted(letter.units):
        unit = directory.get(key, period.last_day)
        if unit is None:
            yield f"{key} is not in the directory"
        elif not directory.alive(key, period.last_day):
            yield f"{key} does not exist on {period.last_day}, the last day of {period.code}"
        elif committee.area not in (key, *directory.path(key, period.last_day)):
            yield f"{key} does not lie in {committee.area}"
        elif unit.level not in form.owed_by and not directory.owing(form, period, key):
            levels = ", ".join(sorted(directory.levels_owing(form, period)))
            yield f"{key} is a {unit.level}, and {form.code} is a report of a {levels}"


def _due(
    committee: Committee,
    letter: Extension,
    form: FormVersion,
    period: Period,
    reference: ReferenceData,
) -> Iterator[datetime]:
    for area in letter.units or (committee.area,):
        for unit in reference.directory.owing(form, period, area):
            if due := reference.due(form.code, period, unit.key):
                yield due.at
