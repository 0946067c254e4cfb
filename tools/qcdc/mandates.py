"""What a committee's mandates must say before they are published: a form, and units that exist."""

from collections.abc import Iterator, Mapping, Sequence

from shared.directory.contents import DirectoryContents
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from shared.reference.rows import FileMapping, FileRow


def mandate_problems(contents: DirectoryContents, reference: ReferenceData) -> Iterator[FactError]:
    """Yield the mandates of files that name a form or a unit which is not there."""
    forms = {it.code for it in reference.catalogue.forms}
    for row, area in _mandates(contents.committees, contents.origin):
        if row.text("form") not in forms:
            yield row.wrong("form", f"{row.text('form')} is not in the catalogue")
        for key in row.texts("units"):
            if reference.directory.get(key) is None:
                yield row.wrong("units", f"{key} is not in the directory")
            elif not _ever_in(area, key, reference.directory):
                yield row.wrong("units", f"{key} does not lie in {area}")


def mandate_warnings(contents: DirectoryContents, reference: ReferenceData) -> Iterator[FactError]:
    """Yield the mandates of files that mean no unit of the directory, past or present."""
    for row, area in _mandates(contents.committees, contents.origin):
        levels, types = row.texts("levels"), row.texts("types")
        own = reference.directory.get(area)
        inside = (*reference.directory.below(area), *((own,) if own else ()))
        if not row.texts("units") and not any(
            it.level in levels and (not types or it.type in types) for it in inside
        ):
            yield row.refused(f"adds nobody: {area} has no unit of its levels and types")


def _mandates(
    committees: Sequence[Mapping[str, object]], file: str
) -> Iterator[tuple[FileRow, str]]:
    """Yield each mandate of a file with the area of its committee; those in force are fine."""
    for values in committees:
        if isinstance(values, FileMapping):
            committee = FileRow(file, f"committee {values['key']}", values)
            for row in committee.rows("mandates"):
                yield row, committee.text("area")


def _ever_in(area: str, key: str, directory: Directory) -> bool:
    days = (it.valid_from or it.valid_to for it in directory.states(key))
    return any(area in (key, *directory.path(key, day)) for day in days)
