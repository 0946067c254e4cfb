"""Decisions as files: what they change, and what is refused by file and line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from shared.directory.yaml_rows import read_yaml
from shared.reference.acts import Decision, apply, build_decisions
from shared.reference.directory import Directory, Unit
from shared.reference.errors import FactError
from shared.reference.lineage import Lineage, Link
from shared.reference.reference_data import ReferenceData
from tests.builders.reforms import unit

DAY = date(2026, 7, 1)
LAST = date(2026, 6, 30)
BASE = [
    unit("P", "province", None),
    unit("Q", "province", None),
    unit("D", "district", "P"),
    *(unit(key, "commune", "P") for key in "ABC"),
    unit("E", "commune", "D"),
]
HEAD = 'decisions:\n  - decision: "NQ 1"\n    effective_on: 2026-07-01\n'
OPENED = "{key: M, official_code: '9', level: commune, type: phuong, name: Phường M, parent: P}"


def decisions(*acts: str, head: str = HEAD) -> tuple[Decision, ...]:
    """Return the decisions of a file with these lines; acts begin on line 4."""
    return build_decisions(read_yaml(head + "".join(f"    {it}\n" for it in acts), "nq.yaml"))


def states(units: list[Unit]) -> Mapping[str, list[Unit]]:
    """Return the states of every unit."""
    return {key: [it for it in units if it.key == key] for key in {it.key for it in units}}


def test_three_communes_become_one() -> None:
    """The old end on the last of June; the new one says where it came from, and by which act."""
    units, links = apply(
        BASE, [], decisions(f"open: [{OPENED}]", "merge: [{from: [A, B, C], into: M}]")
    )

    assert [it.valid_to for it in units if it.key in "ABC"] == [LAST] * 3
    assert units[-1] == Unit("M", "9", "commune", "phuong", "Phường M", "P", DAY, None)
    assert links == [Link(it, "M", "whole", DAY, "NQ 1", verified=True) for it in "ABC"]


def test_a_commune_may_go_into_one_that_stays() -> None:
    """DHIS2 needs at least two sources; here A simply joins B."""
    units, links = apply(BASE, [], decisions("merge: [{from: [A], into: B}]"))

    assert states(units)["A"][-1].valid_to == LAST
    assert states(units)["B"] == states(BASE)["B"]
    assert [(it.predecessor, it.successor) for it in links] == [("A", "B")]


def test_a_commune_is_divided_and_another_cedes_a_part() -> None:
    """The divided one ends, the ceding one lives on; both passed only parts."""
    units, links = apply(
        BASE, [], decisions("split: [{from: A, into: [B, C]}]", "cede: [{from: E, to: B}]")
    )

    assert states(units)["A"][0].valid_to == LAST
    assert states(units)["E"] == states(BASE)["E"]
    assert {it.kind for it in links} == {"part"}


def test_several_changes_of_a_day_make_one_new_state() -> None:
    """A commune becomes a ward, gets a name and a code, and comes under another province."""
    units, links = apply(
        BASE,
        [],
        decisions(
            "rename: [{unit: A, name: Phường A}]",
            "retype: [{unit: A, type: phuong}]",
            "recode: [{unit: A, official_code: '77'}]",
            "move: [{unit: A, parent: Q}]",
        ),
    )

    assert states(units)["A"] == [
        replace(BASE[3], valid_to=LAST),
        Unit("A", "77", "commune", "phuong", "Phường A", "Q", DAY, None),
    ]
    assert links == []


def test_a_closed_unit_ends_and_passes_to_nobody() -> None:
    """Its parent answers for it."""
    units, links = apply(BASE, [], decisions("close: [E]"))

    assert states(units)["E"][0].valid_to == LAST
    assert links == []


def test_a_decision_heard_late_holds_until_the_next_that_says_otherwise() -> None:
    """The move of September was known first and must keep the name of July."""
    september = HEAD.replace("07-01", "09-01")
    moved = decisions("move: [{unit: A, parent: Q}]", head=september)
    named = decisions("rename: [{unit: A, name: Phường A}]")
    in_time = apply(BASE, [], [*named, *moved])

    assert apply(*apply(BASE, [], moved), named) == in_time
    assert [(it.name, it.parent) for it in states(in_time[0])["A"]] == [
        ("Tên A", "P"),
        ("Phường A", "P"),
        ("Phường A", "Q"),
    ]


def test_a_later_name_is_not_overwritten_by_an_earlier_decision() -> None:
    """What was decided for September stays, whenever July's decision arrives."""
    later = decisions("rename: [{unit: A, name: Chín}]", head=HEAD.replace("07-01", "09-01"))
    earlier = decisions("rename: [{unit: A, name: Bảy}]")

    units, _ = apply(*apply(BASE, [], later), earlier)

    assert [it.name for it in states(units)["A"]] == ["Tên A", "Bảy", "Chín"]
    assert apply(units, [], [*earlier, *later])[0] == units


def test_the_same_name_decided_twice_makes_one_state() -> None:
    """Whichever of two acts is heard first, the unit has had its name since July."""
    july, september = (
        decisions("rename: [{unit: A, name: Bảy}]", head=HEAD.replace("07-01", day))
        for day in ("07-01", "09-01")
    )

    units, _ = apply(*apply(BASE, [], september), july)

    assert units == apply(BASE, [], [*july, *september])[0]
    assert [(it.name, it.valid_from) for it in states(units)["A"]] == [
        ("Tên A", None),
        ("Bảy", DAY),
    ]


def test_an_act_that_we_see_later_verifies_a_link() -> None:
    """One of the forty: known from one source, and then from the resolution itself."""
    known = Link("A", "B", "whole", DAY, "", verified=False)
    units, _ = apply(BASE, [], decisions("merge: [{from: [A], into: B}]"))

    _, links = apply(units, [known], decisions("merge: [{from: [A], into: B}]"))

    assert links == [replace(known, decision="NQ 1", verified=True)]


def test_what_is_in_the_directory_already_may_be_decided_again(reference: ReferenceData) -> None:
    """A province types in the resolution of 2025: units stay, its links get their document."""
    ends = [it for it in reference.lineage.predecessors("18100.2") if it.kind == "whole"]
    keys = ", ".join(f"'{it.predecessor}'" for it in ends)
    written = decisions(
        f"merge: [{{from: [{keys}], into: '18100.2'}}]",
        "close: [D436.1]",
        head=HEAD.replace("2026", "2025"),
    )
    before = [state for it in reference.directory for state in reference.directory.states(it.key)]

    units, links = apply(before, reference.lineage, written)

    assert units == before
    assert [it for it in links if it.decision == "NQ 1"] == [
        replace(it, decision="NQ 1") for it in ends
    ]
    assert len(links) == len(reference.lineage)


@pytest.mark.parametrize(
    ("acts", "message"),
    [
        (["merge: [{from: [A], into: X}]"], "nq.yaml:4: .*X is not in the directory"),
        (["merge: [{from: [A], into: A}]"], "nq.yaml:4: .*A cannot pass into itself"),
        (["merge: [{from: [A], into: D}]"], "A and D are not of the same level"),
        (["merge: [{from: [], into: D}]"], "nq.yaml:4: .*from: must name at least 1"),
        (["merge: [{from: [A, A], into: B}]"], "nq.yaml:4: the same is listed twice"),
        (["split: [{from: A, into: [B]}]"], "into: must name at least 2"),
        (["merge: [{from: [A], into: B}, {from: [A], into: C}]"], "wholly and elsewhere"),
        (["merge: [{from: [A], into: B}]", "split: [{from: A, into: [B, C]}]"], "differently"),
        (["merge: [{from: [A], into: B}]", "merge2: []"], "nq.yaml:5: .*merge2: is unknown"),
        (["merge: [{from: [A], into: B, share: 3}]"], "share: is unknown; known are from, into"),
        (["merge: [{from: [A], into: B}]", "close: [B]"], "B does not exist on 2026-07-01"),
        (["merge: [{from: [A], into: B}]", "close: [A]"], "A passes into another"),
        (["merge: [{from: [A], into: B}]", "move: [{unit: A, parent: Q}]"], "A cannot end"),
        (["cede: [{from: A, to: B}]", "close: [A]"], "A ends on that day and cannot cede"),
        (["close: [P]"], "P has nothing above it"),
        (["close: [D]"], "nq.yaml:4: .*E would live on below D, which ends"),
        (["move: [{unit: A, parent: X}]"], "nq.yaml:4: .*X, above A, does not exist"),
        (["move: [{unit: A, parent: D}]", "close: [D, E]"], "D, above A, does not exist"),
        (["rename: [{unit: X, name: Y}]"], "X is not in the directory"),
        (["rename: [{unit: A, name: Y}, {unit: A, name: Z}]"], "name of A becomes 'Y' and 'Z'"),
        (["retype: [{unit: A, type: huyen}]"], "type: must be one of dac_khu, phuong"),
        ([f"open: [{OPENED}]", "rename: [{unit: M, name: X}]"], "M does not exist before and on"),
        ([f"open: [{OPENED.replace('M,', 'A,', 1)}]"], "A is there already, and not as"),
        ([f"open: [{OPENED.replace('phuong', 'huyen')}]"], "nq.yaml:4: .*type: must be one of"),
        ([f"open: [{OPENED.replace('parent: P', 'parent: X')}]"], "X, above M, does not exist"),
    ],
)
def test_what_contradicts_is_refused_by_file_and_line(acts: list[str], message: str) -> None:
    """Half a resolution in effect would be worse than none; the line says where to look."""
    with pytest.raises(FactError, match=message):
        apply(BASE, [], decisions(*acts))


def test_what_contradicts_the_directory_is_refused() -> None:
    """A unit ends once, and gets one name on a day."""
    closed, _ = apply(BASE, [], decisions("close: [A]"))
    named, _ = apply(BASE, [], decisions("rename: [{unit: A, name: X}]"))
    later = HEAD.replace("07-01", "09-01")
    links = [Link("A", "B", "part", DAY)]

    with pytest.raises(FactError, match="A ends on 2026-06-30 already"):
        apply(closed, [], decisions("close: [A]", head=later))
    with pytest.raises(FactError, match="name of A becomes 'X' on 2026-07-01 already"):
        apply(named, [], decisions("rename: [{unit: A, name: Y}]"))
    with pytest.raises(FactError, match="A passes as a part already"):
        apply(BASE, links, decisions("merge: [{from: [A], into: B}]"))
    with pytest.raises(FactError, match="A does not exist on 2026-08-31"):
        apply(closed, [], decisions("cede: [{from: A, to: B}]", head=later))


def test_the_result_is_a_directory_and_a_lineage() -> None:
    """What is published must load in every service."""
    units, links = apply(
        BASE,
        [],
        decisions(
            "open: [{key: R, official_code: '8', level: province, type: tinh, name: Tỉnh R}]",
            "merge: [{from: [P, Q], into: R}]",
            "move: [{unit: D, parent: R}, {unit: A, parent: R}, {unit: B, parent: R}, "
            "{unit: C, parent: R}]",
        ),
    )
    directory = Directory(units)

    Lineage(links).check(directory)
    assert directory.path("E") == ("D", "R")
    assert directory.path("E", LAST) == ("D", "P")
    assert [it.key for it in directory.below("R", DAY)] == ["A", "B", "C", "D", "E"]
