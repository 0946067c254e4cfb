"""
Reference data from files: what ships with the code, or what an operator names.

What changes while the services run comes from the directory's topic (``follower.py``) or, until
something has been published, from the files that ship with the code; the catalogue and the forms
are part of a release and come from its files only.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from shared.directory.contents import DirectoryContents
from shared.directory.files import DATA, read_document, shipped
from shared.reference.catalogue import Catalogue, build_catalogue
from shared.reference.committees import Committee, build_committees
from shared.reference.deadlines import build_rules, missing_rules
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.lineage import Lineage
from shared.reference.reference_data import ReferenceData
from shared.reference.rows import FileRow


def load_reference_data(
    directory_files: Sequence[Path] = (), committee_files: Sequence[Path] = ()
) -> ReferenceData:
    """
    Return the reference data that ships with the code; files given here are used instead of ours.

    Directory files are CSV with the columns of units.csv or lineage.csv, committee files YAML like
    committees.yaml. Raises FactError naming file and line, OSError when a file cannot be read.
    """
    return build_reference_data(shipped(directory_files, committee_files))


def build_reference_data(contents: DirectoryContents) -> ReferenceData:
    """
    Return the reference data that these contents make with the catalogue of this release.

    Raises FactError when they do not hold together.
    """
    if contents.calendar is None:
        raise FactError(contents.origin, "calendar", "is missing")
    committees = build_committees(contents.committees, contents.origin)
    mandates = [mandate for it in committees for mandate in it.mandates]
    directory = Directory(contents.units, contents.origin, mandates)
    lineage = Lineage(contents.links, contents.origin)
    lineage.check(directory)
    _check_areas(committees, directory)
    catalogue, rules = load_catalogue(), build_rules(contents.regimes, contents.origin)
    last = contents.calendar.last
    for period, level in missing_rules(rules, catalogue.forms, last, directory.levels_owing):
        regime = _regime(contents, period.regime)
        message = f"none sets a deadline for {period.code} and level {level}"
        raise regime.wrong("rules", message)
    return ReferenceData(
        catalogue=catalogue,
        directory=directory,
        lineage=lineage,
        calendar=contents.calendar,
        committees=committees,
        rules=rules,
    )


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Return the indicators and forms of this release. Raises FactError on unusable files."""
    return build_catalogue(
        [row.values for row in read_document(DATA / "indicators.yaml").rows("indicators")],
        [row.values for row in read_document(DATA / "forms.yaml").rows("forms")],
        read_document(DATA / "codes.yaml").mapping("codes"),
    )


def _regime(contents: DirectoryContents, code: str) -> FileRow:
    values = next((it for it in contents.regimes if it["code"] == code), {})
    return FileRow(contents.origin, f"regime {code}", values)


def _check_areas(committees: Iterable[Committee], directory: Directory) -> None:
    for committee in committees:
        if directory.get(committee.area) is None:
            message = f"area {committee.area!r} is not in the directory"
            raise FactError("committees", f"committee {committee.key}", message)
