"""A mandate that names what is not there is refused before it is published, with its line."""

from pathlib import Path

import pytest

from shared.directory.contents import DirectoryContents
from shared.directory.files import shipped, with_files
from shared.directory.loading import build_reference_data
from tools.qcdc.checks import problems_of
from tools.qcdc.mandates import mandate_warnings

COMMITTEE = """\
version: 1
committees:
  - key: mau
    name_vi: "Ban Chỉ đạo mẫu"
    area: "37.2"
    programmes: [dan_van_kheo]
    letter_style: party
    mandates:
      - {{form: {form}, {whom}, valid_from: 2026-01-01, document: "Kế hoạch số 05-KH/BCĐ"}}
"""


def applied(tmp_path: Path, form: str, whom: str) -> DirectoryContents:
    """Return the directory with a file of one committee laid over it."""
    file = tmp_path / "mau.yaml"
    file.write_text(COMMITTEE.format(form=form, whom=whom), encoding="utf-8")
    return with_files(shipped(), [file])


@pytest.mark.parametrize(
    ("form", "whom", "message"),
    [
        ("F55", "levels: [agency]", "F55 is not in the catalogue"),
        ("F05", 'units: ["99999.9"]', "99999.9 is not in the directory"),
        ("F05", 'units: ["00004.2"]', "00004.2 does not lie in 37.2"),
    ],
)
def test_what_it_names_must_be_there(tmp_path: Path, form: str, whom: str, message: str) -> None:
    """A mistyped key would ask nobody, in silence."""
    contents = applied(tmp_path, form, whom)

    (problem,) = problems_of(contents, build_reference_data(contents))

    assert message in str(problem)
    assert str(problem).startswith("mau.yaml")


@pytest.mark.parametrize(
    ("whom", "warned"),
    [
        ("levels: [agency]", True),
        ("levels: [commune]", False),
        ("levels: [commune], types: [dac_khu]", True),
        ('units: ["14464.2"]', False),
        ("levels: [province]", False),
    ],
)
def test_a_mandate_that_adds_nobody_yet_is_worth_a_look(
    tmp_path: Path, whom: str, *, warned: bool
) -> None:
    """The departments may come with the next file; or nobody thought of them."""
    contents = applied(tmp_path, "F05", whom)

    warnings = list(mandate_warnings(contents, build_reference_data(contents)))

    assert bool(warnings) == warned
