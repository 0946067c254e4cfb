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
from shared.reference.committees import Committee, build_committees, letters_of
from shared.reference.deadlines import build_rules, missing_rules
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.lineage import Lineage
from shared.reference.reference_data import ReferenceData
from shared.reference.regime_rows import build_regimes
from shared.reference.regimes import Regime, Regimes
from shared.reference.rows import FileRow
from shared.reference.window_duties import WindowDuties


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
    regimes = build_regimes(contents.regimes, contents.origin)
    duties = WindowDuties(regimes, committees)
    mandates = [mandate for it in committees for mandate in it.mandates]
    directory = Directory(contents.units, contents.origin, mandates, duties.asked_in)
    lineage = Lineage(contents.links, contents.origin)
    lineage.check(directory)
    _check_areas(committees, directory)
    _check_windows(contents, regimes)
    catalogue, rules = load_catalogue(), build_rules(contents.regimes, contents.origin)
    for own in regimes:
        _check_regime(own, _regime(contents, own.code), directory, catalogue)
    last, levels = contents.calendar.last, directory.levels_owing
    for period, level in missing_rules(rules, catalogue.forms, last, levels, regimes):
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
        regimes=regimes,
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


def _check_regime(regime: Regime, row: FileRow, directory: Directory, catalogue: Catalogue) -> None:
    """Refuse a regime that holds nowhere, or asks for what is not reported for years."""
    if regime.area is not None and directory.get(regime.area) is None:
        raise row.wrong("area", f"{regime.area!r} is not in the directory")
    window = regime.windows[-1].period
    taken = {it.code for it in catalogue.forms if it.accepts(window)}
    if unknown := sorted(regime.forms - taken):
        raise row.wrong("forms", f"{', '.join(unknown)}: no such form is reported for years")


def _check_windows(contents: DirectoryContents, regimes: Regimes) -> None:
    for _, row, letter in letters_of(contents.committees, contents.origin):
        if regimes.find(letter.period) is None:
            raise row.wrong("period", f"no regime lists the window {letter.period}")


def _check_areas(committees: Iterable[Committee], directory: Directory) -> None:
    for committee in committees:
        if directory.get(committee.area) is None:
            message = f"area {committee.area!r} is not in the directory"
            raise FactError("committees", f"committee {committee.key}", message)
