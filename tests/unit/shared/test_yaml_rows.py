"""YAML with lines: every mapping and every field knows where it stands."""

import pytest

from shared.directory.yaml_rows import read_yaml
from shared.reference.errors import FactError

TEXT = """\
# a comment
units:
  - key: a
    name: A
  - {key: b,
     name: B}
base: &base
  unit: ha
other:
  <<: *base
  colour: red
"""


def line_of(text: str) -> int | None:
    """Return the line of the error that a text gives."""
    with pytest.raises(FactError) as refused:
        read_yaml(text, "mine.yaml")
    return refused.value.line


def test_rows_know_the_line_of_each_field() -> None:
    """An error about one field of one row points at that field."""
    first, second = read_yaml(TEXT, "mine.yaml").rows("units")

    assert str(first.wrong("name", "is odd")) == "mine.yaml:4: units 1: name: is odd"
    assert str(second.wrong("name", "is odd")) == "mine.yaml:6: units 2: name: is odd"


def test_a_field_that_is_not_there_is_missed_in_the_line_of_its_row() -> None:
    """There is no better place to add it."""
    first, second = read_yaml(TEXT, "mine.yaml").rows("units")

    assert [first.line_of("type"), second.line_of("type")] == [3, 5]
    assert str(first.refused("is odd")) == "mine.yaml:3: units 1: is odd"


def test_what_a_mapping_takes_from_another_is_there() -> None:
    """Facts may be written once and used twice."""
    other = read_yaml(TEXT, "mine.yaml").mapping("other")

    assert other == {"unit": "ha", "colour": "red"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", 3),
        ("a: 1\nno: 2\n", 2),
        ("a:\n  - b: [\n", 3),
        ("a: 1\nb: !thing 2\n", 2),
    ],
    ids=["twice", "no-text", "no-yaml", "a-python-object"],
)
def test_what_is_no_table_of_facts_is_refused_with_its_line(text: str, line: int) -> None:
    """YAML lets the last of two equal keys win; a fact would be gone and nobody told."""
    assert line_of(text) == line


@pytest.mark.parametrize("text", ["", "- a\n", "a"])
def test_a_file_holds_a_mapping(text: str) -> None:
    """Every file of ours begins with its version and its tables."""
    with pytest.raises(FactError, match=r"mine\.yaml: must hold a mapping"):
        read_yaml(text, "mine.yaml")
