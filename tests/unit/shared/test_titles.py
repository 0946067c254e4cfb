"""What forms are called, and when: a title has the words of the law of its day."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from shared.directory.files import DATA
from shared.reference.catalogue import build_catalogue
from shared.reference.errors import FactError
from shared.reference.periods import parse_period
from shared.reference.reference_data import ReferenceData
from tests.unit.shared.test_catalogue_rows import FORM, INDICATOR, form_in

ROOT = DATA.parents[1]
_QUOTED = re.compile(r"“(?:Dân vận khéo)”")
_NAME = re.compile(r"[Dd]ân vận khéo")
_COMMENT = re.compile(r"^\s*(#|\{#).*$", re.MULTILINE)


@pytest.mark.parametrize(
    ("period", "title"),
    [
        ("cal.2025-H1", "Báo cáo kết quả thực hiện dân chủ ở xã, phường, thị trấn"),
        ("cal.2025-H2", "Báo cáo kết quả thực hiện dân chủ ở cấp xã"),
    ],
)
def test_townships_are_named_while_they_last(
    reference: ReferenceData, period: str, title: str
) -> None:
    """Law 10/2022 says "xã, phường, thị trấn" until townships end with 30 June 2025."""
    window = parse_period(period)
    form = reference.catalogue.form("F01", window) if window else None
    assert window
    assert form

    assert form.title(window.last_day) == title


def test_a_title_holds_to_its_last_day() -> None:
    """The next begins on the day after it, whatever the order in the file."""
    titles = [
        {"title_vi": "Báo cáo hai", "valid_to": date(2022, 12, 31)},
        {"title_vi": "Báo cáo một", "valid_to": date(2020, 12, 31)},
    ]
    found = form_in(build_catalogue([INDICATOR], [{**FORM, "former_titles": titles}], {}), 2024)

    days = (date(2020, 12, 31), date(2021, 1, 1), date(2022, 12, 31), date(2023, 1, 1))
    assert [found.title(it) for it in days] == [
        "Báo cáo một",
        "Báo cáo hai",
        "Báo cáo hai",
        FORM["title_vi"],
    ]


def test_a_former_title_needs_its_last_day() -> None:
    """Otherwise nobody knows which of two holds."""
    form = {**FORM, "former_titles": [{"title_vi": "Báo cáo một"}]}

    with pytest.raises(FactError, match="former_titles 1: valid_to: a date is missing"):
        build_catalogue([INDICATOR], [form], {})


def texts() -> Iterator[tuple[str, str]]:
    """Yield every file whose Vietnamese people read, without its comments."""
    files = [*DATA.glob("*.yaml"), *ROOT.glob("services/*/messages_vi.toml")]
    files += ROOT.glob("services/notifier/channels/templates/vi/*.j2")
    for file in files:
        yield file.name, _COMMENT.sub("", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("file", "text"), list(texts()), ids=lambda it: str(it)[:20])
def test_the_movement_is_quoted_as_its_articles_quote_it(file: str, text: str) -> None:
    """“Dân vận khéo”, in titles, groups, labels and names of committees alike."""
    assert Path(file).suffix
    assert len(_NAME.findall(text)) == len(_QUOTED.findall(text))
