"""A receipt names very many findings by their number: it must fit into a message."""

from services.intake.app import load_messages
from services.intake.domain.violations import FINDINGS_MAX, Violation, render_all, renderer


def test_of_very_many_findings_the_first_are_rendered_and_the_rest_counted() -> None:
    """The rest refuses nothing by itself: what is shown decides nothing."""
    render = renderer(load_messages())
    violations = [
        Violation("missing_field", f"f{it}", {}, "warn") for it in range(FINDINGS_MAX + 7)
    ]

    all_of_few, some_of_many = (
        render_all(it, render) for it in (violations[:FINDINGS_MAX], violations)
    )

    assert len(all_of_few) == FINDINGS_MAX
    assert some_of_many[:-1] == all_of_few
    assert (some_of_many[-1].code, some_of_many[-1].severity) == ("more_findings", "warn")
    assert "7" in some_of_many[-1].message
