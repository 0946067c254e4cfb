"""
Rules about People's Inspection Boards and Community Investment Supervision Boards (R8, R9).

They changed with the Law on grassroots democracy (10/2022/QH15), in force 1 July 2023. A
violation has its rule's name as code.
"""

from collections.abc import Iterator

from services.intake.domain.case import Case
from services.intake.domain.laws import LAW_10_2022
from services.intake.domain.rule import rule
from services.intake.domain.violations import MessageValue, Violation
from shared.reference.dates import DAY

_LAST_DAY_BEFORE = LAW_10_2022 - DAY

_BOARDS, _MEMBERS = "pib_boards", "pib_members"
_CISB_BOARDS, _CISB_MEMBERS = "cisb_boards", "cisb_members"
_COMBINED = (
    ("oversight_boards_combined", _BOARDS, _CISB_BOARDS),
    ("oversight_members_combined", _MEMBERS, _CISB_MEMBERS),
    ("oversight_supervisions_combined", "pib_supervisions", "cisb_supervisions"),
    ("oversight_violations_combined", "pib_violations_detected", "cisb_violations_detected"),
)
_FEWEST = 5
_MOST_BY_DECREE_159 = 11
_FEWEST_OF_AN_AGENCY, _MOST_OF_AN_AGENCY = 3, 9
_AGENCIES = frozenset({"agency", "public_service_unit"})


@rule(
    "R8",
    source="Decree 159/2016/NĐ-CP; Law 10/2022/QH15: one board for a commune",
    basis="law",
    cells=(_BOARDS,),
)
def pib_boards_of_commune(case: Case) -> Iterator[Violation]:
    """R8: a commune has one People's Inspection Board, or none yet."""
    boards = case.exact(_BOARDS)
    if boards is not None and boards > 1 and _is_of_a_commune(case):
        yield Violation("pib_boards_of_commune", case.field(_BOARDS), {"boards": boards})


@rule(
    "R8",
    "warn",
    source="Decree 159/2016/NĐ-CP: 5 to 11 members; Hải Dương 2022: 68 boards with 11 to 15",
    basis="law",
    valid_to=_LAST_DAY_BEFORE,
    cells=(_BOARDS, _MEMBERS),
)
def pib_members_before_2023(case: Case) -> Iterator[Violation]:
    """R8 until 30 June 2023, as a question: by the decree a board has 5 to 11 members."""
    if _is_of_a_commune(case):
        for boards, members in _beside(case, _FEWEST, _MOST_BY_DECREE_159):
            values: dict[str, MessageValue] = {"boards": boards, "members": members}
            yield Violation("pib_members_before_2023", case.field(_MEMBERS), values)


@rule(
    "R8",
    "warn",
    source="Law 10/2022/QH15: as many members as villages and quarters, at least 5",
    basis="law",
    valid_from=LAW_10_2022,
    cells=(_BOARDS, _MEMBERS),
)
def pib_members(case: Case) -> Iterator[Violation]:
    """
    R8 since 1 July 2023: a commune's board has a member for each village or quarter, at least 5.

    No list of villages and quarters is at hand, so only the 5 can be checked, and as a question.
    """
    if _is_of_a_commune(case):
        for boards, members in _beside(case, _FEWEST, None):
            values: dict[str, MessageValue] = {"boards": boards, "members": members}
            yield Violation("pib_members", case.field(_MEMBERS), values)


@rule(
    "R8",
    source="guidance on boards in agencies and public-service units: 3 to 9 members",
    basis="law",
    cells=(_BOARDS, _MEMBERS),
)
def pib_members_of_agency(case: Case) -> Iterator[Violation]:
    """R8: the board of an agency or a public-service unit has 3 to 9 members."""
    if case.unit is None or case.unit.level not in _AGENCIES:
        return
    for boards, members in _beside(case, _FEWEST_OF_AN_AGENCY, _MOST_OF_AN_AGENCY):
        values: dict[str, MessageValue] = {"boards": boards, "members": members}
        yield Violation("pib_members_of_agency", case.field(_MEMBERS), values)


@rule(
    "R9",
    source="Law 10/2022/QH15; Decree 59/2023/NĐ-CP: at least 5 members",
    basis="law",
    valid_from=LAW_10_2022,
    cells=(_CISB_BOARDS, _CISB_MEMBERS),
)
def cisb_members(case: Case) -> Iterator[Violation]:
    """R9 since 1 July 2023: each Community Investment Supervision Board has at least 5 members."""
    boards, members = case.exact(_CISB_BOARDS), case.exact(_CISB_MEMBERS)
    if boards is not None and members is not None and members < _FEWEST * boards:
        values: dict[str, MessageValue] = {"boards": boards, "members": members}
        values["fewest"] = _FEWEST * boards
        yield Violation("cisb_members", case.field(_CISB_MEMBERS), values)


@rule(
    "R3",
    source="Hà Tĩnh city 2022: 17 boards and 167 members, both kinds in one figure",
    basis="custom",
    cells=("oversight_boards_combined", "oversight_members_combined"),
)
def combined_is_sum(case: Case) -> Iterator[Violation]:
    """R3: the combined figure of both kinds of boards is their sum; it may also stand alone."""
    for combined, *kinds in _COMBINED:
        total = case.exact(combined)
        if total is None:
            continue
        known = [it for it in map(case.exact, kinds) if it is not None]
        if len(known) == len(kinds) and sum(known) != total:
            values: dict[str, MessageValue] = {
                "label": case.label(combined),
                "total": total,
                "parts": sum(known),
            }
            yield Violation("combined_is_sum", case.field(combined), values)


def _is_of_a_commune(case: Case) -> bool:
    """Tell whether a commune reports the board of its people, not one of an office in it."""
    unit, compiled = case.unit, case.compiled
    return (
        unit is not None
        and unit.level == "commune"
        and compiled is not None
        and unit.level in compiled.form.owed_by
    )


def _beside(case: Case, fewest: int, most: int | None) -> Iterator[tuple[int, int]]:
    """Yield boards and members when the members are too few, or too many, for the boards."""
    boards, members = case.exact(_BOARDS), case.exact(_MEMBERS)
    if boards is None or members is None:
        return
    too_many = members > boards * most if most is not None else not boards and members > 0
    if too_many or members < fewest * boards:
        yield boards, members
