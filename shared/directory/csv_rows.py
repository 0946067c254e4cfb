"""CSV files as rows that know their lines, as spreadsheet programs save them."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import TYPE_CHECKING

from shared.reference.errors import FactError
from shared.reference.plain_text import hidden_character, plain
from shared.reference.rows import FileMapping, FileRow

if TYPE_CHECKING:
    import _csv

_KEYS = frozenset({"key", "parent", "predecessor", "successor"})
"""Columns that name units: a key with a blank is another key wherever files are joined."""


def read_csv(text: str, file: str) -> tuple[FileRow, list[FileMapping]]:
    """
    Return the header of a CSV file as a row, and the rows below it.

    Values are plain text, keys are as they stand. Raises FactError with file and line.
    """
    text = unicodedata.normalize("NFC", text)
    header = text.partition("\n")[0]
    # A spreadsheet in the Vietnamese locale separates with semicolons: its comma is decimal.
    delimiter = "," if "," in header else ";"
    # Strict: else a quotation mark that is never closed swallows the rows after it.
    reader = csv.reader(StringIO(text), delimiter=delimiter, strict=True)
    try:
        columns = [" ".join(it.split()) for it in next(reader, [])]
        _check_columns(columns, file)
        found = list(_rows(reader, columns, file))
    except csv.Error as problem:
        raise FactError(file, "", f"is not CSV: {problem}", reader.line_num) from problem
    _clean(found, is_plain=hidden_character("".join(text.split())) is None)
    return FileRow(file, "", dict.fromkeys(columns), 1), found


def _check_columns(columns: Sequence[str], file: str) -> None:
    for name in columns:
        if not name:
            raise FactError(file, "", "has a column without a name", 1)
        if columns.count(name) > 1:
            raise FactError(file, "", f"{name}: is a column twice", 1)


def _rows(reader: "_csv.Reader", columns: Sequence[str], file: str) -> Iterator[FileMapping]:
    line = reader.line_num
    for values in reader:
        first, line = line + 1, reader.line_num
        if not values:
            continue
        if len(values) != len(columns):
            amount = "more" if len(values) > len(columns) else "fewer"
            raise FactError(file, "", f"has {amount} values than columns", first)
        row = FileMapping(zip(columns, values, strict=True))
        row.file, row.line = file, first
        yield row


def _clean(rows: Iterable[FileMapping], *, is_plain: bool) -> None:
    """Make values plain text; *is_plain* when nothing hides in the file, as in nearly all."""
    for row in rows:
        for name, value in row.items():
            text = str(value)
            cleaned = " ".join(text.split())
            if name in _KEYS and cleaned != text:
                raise FileRow(row.file, "", row).wrong(name, f"has a blank too many: {text!r}")
            if not is_plain:
                try:
                    plain(text)
                except ValueError as problem:
                    raise FileRow(row.file, "", row).wrong(name, str(problem)) from problem
            row[name] = cleaned
