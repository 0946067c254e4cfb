"""The golden file as a book that remembers which of its words somebody has read."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

_OPERATORS: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass
class Readers:
    """Which leaves were held against something, and which are words that nothing can check."""

    checked: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Page:
    """One part of the file; whoever takes a value from it is on record."""

    value: object
    where: str = ""
    readers: Readers = field(default_factory=Readers)

    def __getitem__(self, name: str) -> "Page":
        """Turn to a part by name. Raises KeyError when it is not there."""
        assert isinstance(self.value, Mapping), self.where
        return Page(self.value[name], f"{self.where}.{name}".lstrip("."), self.readers)

    def __contains__(self, name: str) -> bool:
        return isinstance(self.value, Mapping) and name in self.value

    def __iter__(self) -> Iterator["Page"]:
        """Turn the pages of a list; an empty list has been read when somebody has looked."""
        assert isinstance(self.value, list), self.where
        if not self.value:
            self.readers.checked.add(self.where)
        for place, it in enumerate(self.value):
            yield Page(it, f"{self.where}[{place}]", self.readers)

    def get(self, name: str) -> "Page | None":
        """Turn to a part that may be missing."""
        if name not in self:
            return None
        return self[name]

    def parts(self) -> list[tuple[str, "Page"]]:
        """Return the named parts, in order."""
        assert isinstance(self.value, Mapping), self.where
        return [(str(name), self[str(name)]) for name in self.value]

    def plain(self) -> int | str | None:
        """Read a figure as it travels: an integer, a decimal in a text, or nothing at all."""
        value = self._read()
        assert value is None or isinstance(value, int | str), f"{self.where}: {value!r}"
        return value

    def number(self) -> int:
        """Read a whole number."""
        value = self._read()
        assert isinstance(value, int), f"{self.where}: {value!r}"
        return value

    def text(self) -> str:
        """Read a text."""
        value = self._read()
        assert isinstance(value, str), f"{self.where}: {value!r}"
        return value

    def flag(self) -> bool:
        """Read a yes or a no."""
        value = self._read()
        assert isinstance(value, bool), f"{self.where}: {value!r}"
        return value

    def day(self) -> date:
        """Read a date."""
        value = self._read()
        assert isinstance(value, date), f"{self.where}: {value!r}"
        return value

    def texts(self) -> list[str]:
        """Read a list of texts."""
        return [it.text() for it in self]

    def numbers(self) -> list[int]:
        """Read a list of whole numbers."""
        return [it.number() for it in self]

    def days(self) -> list[date]:
        """Read a list of dates."""
        return [it.day() for it in self]

    def only_words(self, *names: str) -> None:
        """Say of some parts that they explain something to people and state nothing."""
        for name in names:
            if name in self:
                self.readers.words.update(leaves(self[name].value, self[name].where))

    def _read(self) -> object:
        self.readers.checked.add(self.where)
        return self.value


def leaves(value: object, where: str = "") -> Iterator[str]:
    """Name every value of a document, and every empty list."""
    if isinstance(value, Mapping) and value:
        for name, it in value.items():
            yield from leaves(it, f"{where}.{name}".lstrip("."))
    elif isinstance(value, list) and value:
        for place, it in enumerate(value):
            yield from leaves(it, f"{where}[{place}]")
    else:
        yield where


def computed(formula: str) -> Fraction:
    """Return what a sum of the file comes to: "100*1446/1566". Raises ValueError on others."""
    return _value(ast.parse(formula.strip(), mode="eval").body)


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return Fraction(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    raise ValueError(ast.unparse(node))
