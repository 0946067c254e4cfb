"""
What a directory must satisfy before it is published: the demands of every service, and more.

A revision that one service refuses and the others follow would let two services work by two
directories. So the publisher applies what each service applies when it reads the revision, and
beyond that what no service can refuse any more without losing the rest of the revision.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from services.intake.domain.rule_context import build_rule_context
from services.notifier.domain import duty_rules
from shared.directory.contents import DirectoryContents
from shared.reference.committees import Committee, Extension, letters_of
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.periods import Period, parse_period
from shared.reference.reference_data import ReferenceData
from shared.reference.rows import FileMapping, FileRow

Check = Callable[[ReferenceData], Iterable[FactError]]
"""Yields everything for which a service would refuse reference data."""

# RFC 5321 section 4.1.2: a dot-string, and a domain of labels.
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def problems_of(
    contents: DirectoryContents, reference: ReferenceData, before: Directory | None = None
) -> list[FactError]:
    """
    Return what is wrong with contents and the reference data that were built from them.

    *before* is the directory in force, None when nothing is. Services are asked last, and only
    when nothing else is wrong: they find the same mistakes, and know no file and no line.
    """
    found = [
        *_letters(contents, reference),
        *_addresses(contents),
        *_partitions(before, reference.directory),
    ]
    return found or [_placed(it, contents) for check in CHECKS for it in check(reference)]


def _letters(contents: DirectoryContents, reference: ReferenceData) -> Iterator[FactError]:
    for committee, row, letter in letters_of(contents.committees, contents.origin):
        period = parse_period(letter.period)
        form = reference.catalogue.form(letter.form, period) if period else None
        if period is None or form is None or not form.accepts(period):
            message = f"nobody can report {letter.form} for {letter.period} ({letter.document})"
            yield row.wrong("form", message)
        elif isinstance(letter, Extension):
            for reason in _not_granted(committee, letter, period, reference.directory):
                yield row.wrong("units", reason)


def _not_granted(
    committee: Committee, letter: Extension, period: Period, directory: Directory
) -> Iterator[str]:
    """Name the units to which a letter can grant nothing: a mistyped key accuses somebody."""
    for unit in sorted(letter.units):
        if directory.get(unit) is None:
            yield f"{unit} is not in the directory"
        elif not directory.alive(unit, period.last_day):
            yield f"{unit} does not exist on {period.last_day}, the last day of {period.code}"
        elif committee.area not in (unit, *directory.path(unit, period.last_day)):
            yield f"{unit} does not lie in {committee.area}"


def _addresses(contents: DirectoryContents) -> Iterator[FactError]:
    for values in contents.committees:
        row = FileRow(contents.origin, f"committee {values['key']}", values)
        for person in (*row.rows("contacts"), *row.rows("roles")):
            address = person.text_or_none("email")
            if address is not None and not _ADDRESS.fullmatch(address):
                yield person.wrong("email", f"{address!r} is no address")


def _partitions(before: Directory | None, after: Directory) -> Iterator[FactError]:
    """Name the first province that would get another partition, and with it a second writer."""
    old = before.provinces() if before else ()
    for was, becomes in zip(old, after.provinces(), strict=False):
        if was != becomes:
            message = (
                f"would change its partition, because {becomes} comes before it;"
                " give a new province a first day after those of the provinces in force"
            )
            yield FactError("directory", f"unit {was}", message)
            return


def _placed(problem: FactError, contents: DirectoryContents) -> FactError:
    """Return a problem with the file and line of the committee that it names."""
    for row in contents.committees:
        if isinstance(row, FileMapping) and problem.where == f"committee {row['key']}":
            return FactError(row.file, problem.where, problem.message, row.line)
    return problem


def _intake(reference: ReferenceData) -> Iterator[FactError]:
    try:
        build_rule_context(
            reference.catalogue, reference.directory, reference.due, reference.lineage
        )
    except FactError as problem:
        yield problem


CHECKS: Sequence[Check] = (_intake, duty_rules.problems_of)
"""By service. The aggregator demands nothing beyond what ``build_reference_data`` checks."""
