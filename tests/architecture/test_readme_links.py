"""What the documents say of the code is true of it: files, names, commands, examples."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.models import CommandInfo

from services.intake.domain.judge import judge
from services.intake.domain.parsing import parse_submission
from services.intake.domain.rule_context import build_rule_context
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from shared.contracts.strict_json import parse
from shared.directory.contents import entities_of
from shared.directory.entities import difference
from shared.directory.files import with_files
from shared.directory.publisher import unusable
from tests.builders.reference import shipped_contents, shipped_reference
from tools.generate.events import event_classes
from tools.qcdc.main import app

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").glob("*.md")),
]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the tables in ``docs/WALKTHROUGH.md``."""

    number: str
    files: tuple[str, ...]
    names: tuple[str, ...]
    kind: str


def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def _legs(text: str) -> list[list[Step]]:
    """Read the tables of steps, one after the other."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    rows = [table.splitlines() for table in tables if table.startswith("| step |")]
    return [[_step(line) for line in table[2:]] for table in rows]


def _step(line: str) -> Step:
    number, files, names, kind, _ = (it.strip() for it in line.strip("|").split("|"))
    return Step(
        number,
        tuple(it.removeprefix("../") for it in _LINK.findall(files)),
        tuple(_CODE.findall(names)),
        kind,
    )


LEGS = _legs(_page("WALKTHROUGH.md"))
STEPS = [step for leg in LEGS for step in leg]
each_step = pytest.mark.parametrize("step", STEPS, ids=lambda it: f"step {it.number}")


def test_the_line_goes_through_all_three_services() -> None:
    """A test over a list must not pass because the list is empty."""
    files = " ".join(it for step in STEPS for it in step.files)

    assert len(LEGS) == 5
    assert len(STEPS) > 25
    for service in ("intake", "aggregator", "notifier"):
        assert f"services/{service}/" in files


@each_step
def test_files_of_a_step_exist_and_hold_the_names(step: Step) -> None:
    """Whoever follows a report must find what the line promises."""
    held = {name for file in step.files for name in _names_in(ROOT / file)}

    assert step.files
    assert step.names
    assert set(step.names) <= held


@each_step
def test_pure_steps_lie_in_a_domain_and_others_do_not(step: Step) -> None:
    """``import-linter`` keeps I/O out of every domain folder, so the folder is the proof."""
    assert {"/domain/" in it for it in step.files} == {step.kind == "pure"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    """To a file of ours, and to a heading in it where one is named."""
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))

    broken = [it for it in _LINK.findall(text) if not _leads(document, it)]

    assert broken == []


def test_a_broken_link_is_caught(tmp_path: Path) -> None:
    """A guard that guards nothing is worse than none."""
    document = tmp_path / "README.md"
    document.write_text("# One\n", encoding="utf-8")

    assert _leads(document, "README.md#one")
    assert not _leads(document, "README.md#two")
    assert not _leads(document, "gone.md")
    assert not _leads(document, "https://example.org/")


def test_a_name_that_moved_away_is_caught(tmp_path: Path) -> None:
    """The other guard: a function that was renamed is no longer in its file."""
    file = tmp_path / "handlers.py"
    file.write_text("def on_reports() -> None:\n    on_report_accepted()\n", encoding="utf-8")

    assert set(_names_in(file)) == {"on_reports"}


def test_the_example_of_a_report_would_be_accepted() -> None:
    """Who copies the page must not be refused by intake."""
    body = next(it for it in _json_blocks(_page("SENDING.md")))
    reference = shipped_reference()
    raw = RawSubmission(
        source="ninh-binh",
        kind=SubmissionKind.SUBMISSION,
        event_id="ninh-binh-13285-F05-2026-M10-1",
        document=parse(body.encode()),
        body=body.encode(),
        received_at=datetime(2026, 10, 15, 2, 14, 8, tzinfo=UTC),
    )

    verdict = judge(
        parse_submission(raw),
        build_rule_context(reference.catalogue, reference.directory, reference.due),
    )

    assert verdict.violations == ()
    assert verdict.validated is not None
    assert verdict.validated.path == ("37.2",)


def test_every_example_in_json_reads() -> None:
    """A comma too many in an example costs a stranger an hour."""
    blocks = [it for page in DOCUMENTS for it in _json_blocks(page.read_text(encoding="utf-8"))]

    assert len(blocks) > 3
    assert all(json.loads(it) for it in blocks)


def test_the_example_of_decisions_would_be_published(tmp_path: Path) -> None:
    """Who copies the page must get past every check of ``qcdc directory apply``."""
    example = re.search(r"^```yaml\n(.*?)^```$", _page("OPERATIONS.md"), re.MULTILINE | re.DOTALL)
    assert example is not None
    file = tmp_path / "decisions.yaml"
    file.write_text(example[1], encoding="utf-8")
    base = shipped_contents()

    wanted = entities_of(with_files(base, [file]))

    assert unusable(wanted) == ""
    assert sorted(difference(entities_of(base), wanted)) == [
        "unit/13285.2",
        "unit/13285.3",
        "unit/13291.2",
        "unit/13318.2",
        "unit/13324.2",
    ]


def test_the_example_of_an_extension_is_one(tmp_path: Path) -> None:
    """Laid over the sample committee as the README says: what is in force, with one line more."""
    base = shipped_contents()
    committee = json.loads(entities_of(base)["committee/ninh_binh"])
    extension = next(it for it in _json_blocks(_page("OPERATIONS.md")))
    file = tmp_path / "committees.yaml"
    told = {"committees": [{**committee, "extensions": [json.loads(extension)]}]}
    file.write_text(json.dumps(told), encoding="utf-8")

    wanted = entities_of(with_files(base, [file]))

    assert unusable(wanted) == ""
    assert list(difference(entities_of(base), wanted)) == ["committee/ninh_binh"]


def test_every_verb_of_the_command_line_is_listed() -> None:
    """Nobody runs a command that no document names."""
    verbs = [_command(it) for it in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance
        verbs += [f"{group.name} {_command(it)}" for it in group.typer_instance.registered_commands]
    operators = _page("OPERATIONS.md")

    assert "topics apply" in verbs
    assert [it for it in verbs if f"`qcdc {it}" not in operators] == []


def test_the_glossary_holds_no_word_that_the_code_does_not_use() -> None:
    """An identifier chosen here and not used there would lead the next reader astray."""
    glossary = (ROOT / "docs/GLOSSARY.md").read_text(encoding="utf-8")
    rows = [it for it in glossary.splitlines() if it.startswith("| `")]
    words = {word for row in rows for word in _CODE.findall(row.split("|")[1])}
    code = " ".join(
        it.read_text(encoding="utf-8")
        for part in ("shared", "services")
        for pattern in ("*.py", "*.sql", "*.yaml")
        for it in (ROOT / part).rglob(pattern)
    )
    used = set(re.findall(r"\w+", code)) | set(re.findall(r"[\w.]+", code))

    assert len(words) > 40
    assert sorted(words - used) == []


def test_the_glossary_holds_every_event() -> None:
    """The events are the words that other systems see."""
    glossary = (ROOT / "docs/GLOSSARY.md").read_text(encoding="utf-8")

    assert [it.__name__ for it in event_classes() if f"`{it.__name__}`" not in glossary] == []


def _leads(document: Path, link: str) -> bool:
    if "://" in link:
        return False  # our documents do not depend on other sites
    path, _, heading = link.partition("#")
    target = document.parent / path if path else document
    if not target.exists():
        return False
    return not heading or heading in _headings(target)


def _headings(document: Path) -> set[str]:
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", it.lower()).replace(" ", "-") for it in _HEADING.findall(text)}


def _names_in(file: Path) -> Iterator[str]:
    """Yield what a file defines: functions, classes and constants, or named queries."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".sql":
        yield from re.findall(r"^-- name: (\w+)", text, re.MULTILINE)
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (it.id for it in targets if isinstance(it, ast.Name))


def _command(info: CommandInfo) -> str:
    assert info.callback
    return info.name or info.callback.__name__


def _json_blocks(text: str) -> Iterator[str]:
    yield from re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_readme_is_read_in_one_go() -> None:
    """What a newcomer needs first; the rest has pages of its own."""
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 120
