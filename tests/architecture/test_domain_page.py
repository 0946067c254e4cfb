"""docs/DOMAIN.md says what the code does: every rule with its dates, every deadline."""

from collections.abc import Iterator
from pathlib import Path

from services.intake.domain.rules import RULES, RULES_OF_HANDOVERS
from tests.builders.reference import shipped_reference

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/DOMAIN.md").read_text(encoding="utf-8")

Row = dict[str, str]


def table(name: str) -> Iterator[Row]:
    """Read a table of the page, by the names of its columns."""
    part = PAGE.partition(f"<!-- {name} -->")[2].partition(f"<!-- end of {name} -->")[0]
    lines = [
        [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        for line in part.splitlines()
        if line
    ]
    heads, _, *rows = lines
    for row in rows:
        yield dict(zip(heads, row, strict=True))


def test_every_rule_is_on_the_page_with_its_source_and_dates() -> None:
    """Whoever is refused by a rule can look up who says so, and since when."""
    written = {it["code"]: it for it in table("rules")}
    columns = ("id", "severity", "from", "to", "state", "source")

    stated = {code: tuple(row[name] for name in columns) for code, row in written.items()}

    assert stated == {
        it.code: (
            it.id,
            it.severity,
            str(it.valid_from or ""),
            str(it.valid_to or ""),
            it.basis,
            it.source,
        )
        for it in (*RULES, *RULES_OF_HANDOVERS)
    }


def test_every_rule_is_explained() -> None:
    """A code alone explains nothing; the page has words for each, and for no rule twice."""
    rows = list(table("rules"))

    assert len({it["says"] for it in rows}) == len(rows)
    assert all(len(it["says"]) > len("yes or no") for it in rows)


def test_every_deadline_is_on_the_page() -> None:
    """The law's minimum, custom and our default must not be mixed up in print either."""
    written = {it["code"]: tuple(it.values())[1:] for it in table("deadlines")}

    assert written == {
        it.code: (
            it.regime,
            it.level or "every",
            str(it.working_days_after_close),
            f"{it.hour:%H:%M}",
            str(it.valid_from or ""),
            str(it.valid_to or ""),
            it.state,
            it.source,
        )
        for it in shipped_reference().rules
    }
