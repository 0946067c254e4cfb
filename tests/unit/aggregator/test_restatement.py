"""What has changed since figures were signed."""

from services.aggregator.domain.restatement import restated
from services.aggregator.domain.signing import canonical, checksum
from shared.contracts.totals import Figure


def stated(indicator: str, value: int | str | None, **more: object) -> Figure:
    """Return a figure."""
    return Figure.model_validate(
        {
            "indicator": indicator,
            "split": {},
            "value": value,
            "display": str(value),
            "qualifier": "exact",
            "unit_of_measure": "x",
            "reported_by": 1,
            "reported_in_full": 1,
            "expected": 1,
            **more,
        }
    )


def test_only_values_and_doubts_are_restated() -> None:
    """Who reported belongs to the coverage; 0 is not absent, more than five is not five."""
    before = [stated("a", 1), stated("b", None), stated("c", 5), stated("d", "1.50")]
    after = [
        stated("a", 1, reported_by=0),
        stated("b", 0),
        stated("c", 5, qualifier="at_least", display="hơn 5"),
        stated("d", "1.50"),
    ]

    changes = restated(before, after)

    assert [(it.indicator, it.before, it.after) for it in changes] == [("b", None, 0), ("c", 5, 5)]
    assert (changes[1].before_display, changes[1].after_display) == ("5", "hơn 5")


def test_figures_are_told_apart_by_their_split() -> None:
    """One indicator has many cells; the order of the dimensions means nothing."""
    before = [stated("a", 1, split={"x": "1", "y": "2"}), stated("a", 2)]
    after = [stated("a", 2), stated("a", 3, split={"y": "2", "x": "1"})]

    (change,) = restated(before, after)

    assert (change.split, change.before, change.after) == ({"x": "1", "y": "2"}, 1, 3)


def test_canonical_text_depends_on_nothing_but_the_content() -> None:
    """Whoever has the content can write the same bytes, and so check the checksum."""
    one, other = {"b": [1, "é"], "a": None}, {"a": None, "b": [1, "é"]}

    assert canonical(one) == canonical(other) == '{"a":null,"b":[1,"é"]}'
    assert checksum(canonical(one)) == checksum(canonical(other))
    assert checksum(canonical(one)) != checksum(canonical({**one, "a": 0}))
