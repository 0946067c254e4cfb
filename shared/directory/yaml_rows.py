"""YAML files as rows that know their lines, so that an error can say where to mend what."""

from collections.abc import Iterable, Iterator
from io import StringIO

import yaml

from shared.reference.errors import FactError
from shared.reference.plain_text import plain
from shared.reference.rows import FileMapping, FileRow

_TEXT, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
_MAP, _SEQUENCE = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"


class _LinedLoader(yaml.SafeLoader):
    """
    SafeLoader whose mappings are Located and whose texts are plain.

    YAML lets the last of two equal keys win in silence; a fact must not vanish that way, and what
    is listed twice was meant to be something else.
    """

    def plain_text(self, node: yaml.ScalarNode) -> str:
        """Construct a text in which nothing hides."""
        try:
            return plain(str(self.construct_scalar(node)))
        except ValueError as problem:
            raise FactError(node.start_mark.name, "", str(problem), _line(node)) from problem

    def list_without_twins(self, node: yaml.SequenceNode) -> Iterator[list[object]]:
        """Construct a list in the two steps that anchors need."""
        found: list[object] = []
        yield found
        found += self.construct_sequence(node, deep=True)
        for place, item in enumerate(found):
            if item in found[:place]:
                line = _line(node.value[place])
                raise FactError(node.start_mark.name, "", "the same is listed twice", line)

    def mapping_with_lines(self, node: yaml.MappingNode) -> Iterator[FileMapping]:
        """Construct a mapping in the two steps that anchors need."""
        found = FileMapping()
        found.file, found.line = node.start_mark.name, _line(node)
        yield found
        _check_keys(key for key, _ in node.value if key.tag != _MERGE)
        # Merge keys (<<) are flattened by the loader, inherited keys keep the line they stand on.
        content = self.construct_mapping(node, deep=True)
        found.update((str(key), value) for key, value in content.items())
        found.line_of = {str(key.value): _line(key) for key, _ in node.value}


def _check_keys(keys: Iterable[yaml.Node]) -> None:
    own: set[str] = set()
    for key in keys:
        if key.tag != _TEXT:
            raise _wrong(f"a key must be a text, not {key.value!r}", key)
        if key.value in own:
            raise _wrong(f"the key {key.value!r} is there twice", key)
        own.add(key.value)


def _wrong(message: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, message, node.start_mark)


_LinedLoader.add_constructor(_MAP, _LinedLoader.mapping_with_lines)
_LinedLoader.add_constructor(_SEQUENCE, _LinedLoader.list_without_twins)
_LinedLoader.add_constructor(_TEXT, _LinedLoader.plain_text)


def read_yaml(text: str, file: str) -> FileRow:
    """
    Return the content of a YAML file, a mapping, as one row.

    Raises FactError with the file and, where it is known, the line.
    """
    try:
        # A SafeLoader, only with lines: it builds texts, numbers, dates, lists and mappings.
        stream = StringIO(text)
        stream.name = file  # the loader's marks take it from here
        content = yaml.load(stream, Loader=_LinedLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise FactError(file, "", f"is not YAML: {error.problem or error.context}", line) from error
    except yaml.reader.ReaderError as error:  # a character that YAML does not allow
        line = text.count("\n", 0, error.position) + 1
        message = f"is not YAML: U+{error.character:04X} is not allowed"
        raise FactError(file, "", message, line) from error
    if not isinstance(content, FileMapping):
        raise FactError(file, "", "must hold a mapping")
    return FileRow(file, "", content)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
