"""
What a directory must satisfy before it is published: the demands of every service, and more.

A revision that one service refuses and the others follow would let two services work by two
directories. So the publisher applies what each service applies when it reads the revision, and
beyond that what no service can refuse any more without losing the rest of the revision.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial

from services.intake.app import rule_context
from services.notifier.domain import duty_rules
from shared.directory.contents import DirectoryContents
from shared.reference.addresses import UnusableAddress, usable_address
from shared.reference.dates import DAY
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from shared.reference.regimes import Regimes
from shared.reference.rows import FileMapping, FileRow
from shared.reference.working_days import WorkingCalendar
from tools.qcdc.letters import letter_problems, letter_warnings
from tools.qcdc.mandates import mandate_problems, mandate_warnings


def problems_of(
    contents: DirectoryContents,
    reference: ReferenceData,
    before: DirectoryContents | None = None,
) -> list[FactError]:
    """
    Return what is wrong with contents and the reference data that were built from them.

    *before* is what is in force, None when nothing is. Services are asked last, and only when
    nothing else is wrong: they find the same mistakes, and know no file and no line.
    """
    found = [
        *letter_problems(contents, reference),
        *mandate_problems(contents, reference),
        *_addresses(contents),
        *_calendar(before, reference.calendar),
        *_partitions(before, reference.directory),
    ]
    return [contents.placed(it) for it in found or _refusals(reference)]


def warnings_of(
    contents: DirectoryContents, reference: ReferenceData, today: date, before: Regimes
) -> Iterator[str]:
    """Yield what may be published and is worth a second look."""
    last = reference.calendar.last
    if reference.calendar.ends_soon(today):
        yield (
            f"the calendar ends on {last}, and nothing that is due later can be judged;"
            " publish the years after it"
        )
    yield from map(str, letter_warnings(contents, reference))
    yield from map(str, mandate_warnings(contents, reference))
    yield from _lost_windows(before, reference.regimes, today)


def _lost_windows(before: Regimes, after: Regimes, today: date) -> Iterator[str]:
    """Name windows that have begun and that their regime would have no more."""
    for regime in before:
        begun = [it for it in regime.windows if it.period.first_day <= today]
        for lost in (it for it in begun if not after.knows(it.period)):
            yield (
                f"regime {regime.code} loses {lost.period.code} ({lost.label}): what was counted"
                " for it stays, but nobody can ask for it, correct it or withdraw it"
            )


def _addresses(contents: DirectoryContents) -> Iterator[FactError]:
    """Name those in files; one in force already keeps nothing else from being published."""
    for values in contents.committees:
        if not isinstance(values, FileMapping):
            continue
        row = FileRow(contents.origin, f"committee {values['key']}", values)
        for person in (*row.rows("contacts"), *row.rows("roles")):
            address = person.text_or_none("email")
            try:
                usable_address(address or "")
            except UnusableAddress as problem:
                if address is not None:
                    yield person.wrong("email", str(problem))


def _calendar(before: DirectoryContents | None, after: WorkingCalendar) -> Iterator[FactError]:
    """Name the days that would be lost: what was due in them could not be judged any more."""
    old = before.calendar if before else None
    if old is None:
        return
    lost = [
        f"{first} to {last}"
        for first, last in ((old.first, after.first - DAY), (after.last + DAY, old.last))
        if first <= last
    ]
    if lost:
        message = (
            f"covers {after.first} to {after.last} and would lose {' and '.join(lost)},"
            " which the one in force covers"
        )
        yield FactError("directory", "calendar", message)


def _partitions(before: DirectoryContents | None, after: Directory) -> Iterator[FactError]:
    """Name the first province that would get another partition, and with it a second writer."""
    old = Directory(before.units).provinces() if before else ()
    for was, becomes in zip(old, after.provinces(), strict=False):
        if was != becomes:
            message = (
                f"would change its partition, because {becomes} comes before it;"
                " give a new province a first day after those of the provinces in force"
            )
            yield FactError("directory", f"unit {was}", message)
            return


def _refusals(reference: ReferenceData) -> Iterator[FactError]:
    """Yield what a service says when it prepares what it works by; the aggregator has nothing."""
    yield from duty_rules.problems_of(reference)
    for prepare in _PREPARATIONS:
        try:
            prepare(reference)
        except FactError as problem:
            yield problem
        except ValueError as problem:
            yield FactError("directory", "", str(problem))
            return


_PREPARATIONS: Sequence[Callable[[ReferenceData], object]] = (
    rule_context,
    partial(duty_rules.duty_rules, channels=["email"]),
)
