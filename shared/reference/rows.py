"""One row of a fact file, read field by field with an error that names file, line and field."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import TypeVar

from shared.reference.dates import DateSpan
from shared.reference.errors import FactError, FactErrors

T = TypeVar("T")


class FileMapping(dict[str, object]):
    """A mapping of a file that remembers the file, the line it begins on, the line of each key."""

    file: str = ""
    line: int | None = None
    line_of: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class FileRow:
    """
    A mapping from a YAML list or a CSV line, and where it was found.

    Values that are Located bring their own lines; for others `line` is all that is known.
    """

    file: str
    where: str
    values: Mapping[str, object]
    line: int | None = None

    def only(self, *known: str) -> None:
        """Raise FactError on a field that is not read: a misspelt one must not vanish."""
        unknown = next((name for name in self.values if name not in known), None)
        if unknown is not None:
            meant = get_close_matches(unknown, known, 1)
            question = f"; did you mean {meant[0]}?" if meant else ""
            names = ", ".join(sorted(set(known)))
            raise self.wrong(unknown, f"is unknown; known are {names}{question}")

    def every(self, *needed: str) -> None:
        """Raise FactError when a field is not there."""
        missing = [name for name in needed if name not in self.values]
        if missing:
            raise self.refused(f"lacks {', '.join(missing)}")

    def text(self, name: str) -> str:
        """Return a text that must be there. Raises FactError when absent, empty or not a text."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, f"must be a text, not {value!r}")
        return value

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None when the field is absent or empty."""
        return None if self.values.get(name) in (None, "") else self.text(name)

    def number(self, name: str) -> int:
        """Return a whole number that must be there."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(name, f"must be a whole number, not {value!r}")
        return value

    def number_or_none(self, name: str) -> int | None:
        """Return a whole number, or None when the field is absent."""
        return None if self.values.get(name) is None else self.number(name)

    def day(self, name: str) -> date:
        """Return a date that must be there."""
        day = self.day_or_none(name)
        if day is None:
            raise self.wrong(name, "a date is missing")
        return day

    def day_or_none(self, name: str) -> date | None:
        """Return a date written YYYY-MM-DD (YAML date or text), None when absent or empty."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise self.wrong(name, f"must be a date YYYY-MM-DD, not {value!r}") from None

    def instant_or_none(self, name: str) -> datetime | None:
        """Return an instant with its offset from UTC (YAML or text), None when it is absent."""
        value = self.values.get(name)
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            instant = None
        if not isinstance(instant, datetime) or instant.tzinfo is None:
            raise self.wrong(name, f"must be a time with an offset such as +07:00, not {value!r}")
        return instant

    def hour(self, name: str) -> time:
        """Return a time of day that must be there, written "17:00" in quotes."""
        text = self.text(name)
        try:
            return time.fromisoformat(text)
        except ValueError:
            raise self.wrong(name, f'must be a time of day such as "17:00", not {text!r}') from None

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        """Return a text that must be there and be one of a closed list."""
        value, allowed = self.text(name), tuple(choices)
        if value not in allowed:
            raise self.wrong(name, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def span(self) -> DateSpan:
        """Return valid_from and valid_to. Raises FactError when they run backwards."""
        first, last = self.day_or_none("valid_from"), self.day_or_none("valid_to")
        if first and last and last < first:
            raise self.wrong("valid_to", f"{last} is before {first}")
        return DateSpan(first, last)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty when the field is absent."""
        values = self.items(name)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(name, f"must be a list of texts, not {values!r}")
        return tuple(str(value) for value in values)

    def rows(self, name: str) -> tuple["FileRow", ...]:
        """Return a list of nested rows, empty when the field is absent."""
        return tuple(
            FileRow(
                self.file, self._inside(name, place), mapping(value, self, name), self.line_of(name)
            )
            for place, value in enumerate(self.items(name), start=1)
        )

    def mapping(self, name: str) -> Mapping[str, object]:
        """Return a nested mapping, empty when the field is absent."""
        return mapping(self.values.get(name) or {}, self, name)

    def items(self, name: str) -> Sequence[object]:
        """Return a list of anything, empty when the field is absent."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.wrong(name, f"must be a list, not {value!r}")
        return value

    def line_of(self, name: str) -> int | None:
        """Return the line of a field, or of the row where the field has none."""
        if isinstance(self.values, FileMapping):
            return self.values.line_of.get(name, self.values.line)
        return self.line

    def wrong(self, name: str, message: str) -> FactError:
        """Return the error for one field of this row."""
        return FactError(self._file, self.where, f"{name}: {message}", self.line_of(name))

    def refused(self, message: str) -> FactError:
        """Return the error for this row as a whole."""
        line = self.values.line if isinstance(self.values, FileMapping) else self.line
        return FactError(self._file, self.where, message, line)

    @property
    def _file(self) -> str:
        """The file that holds the row, where rows of several files are read together."""
        return (self.values.file if isinstance(self.values, FileMapping) else "") or self.file

    def _inside(self, name: str, place: int) -> str:
        return ", ".join(part for part in (self.where, f"{name} {place}") if part)


def read_all(read: Callable[[FileRow], T], rows: Iterable[FileRow]) -> list[T]:
    """Return what *read* makes of each row. Raises FactErrors with the problems of all rows."""
    found: list[T] = []
    problems: list[FactError] = []
    for row in rows:
        try:
            found.append(read(row))
        except FactError as problem:
            problems.append(problem)
    if problems:
        raise problems[0] if len(problems) == 1 else FactErrors(problems)
    return found


def mapping(value: object, row: FileRow, name: str) -> Mapping[str, object]:
    """Return the value as a mapping with text keys. Raises FactError when it is not one."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise row.wrong(name, f"must be a mapping, not {value!r}")
    return value
