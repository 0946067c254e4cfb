"""
Rules about parts and their wholes (docs/DOMAIN.md). A violation has its rule's name as code.

Which figures belong together is prepared in the plan of a form version; a figure that is not
reported, or only known to be "more than" or "about" a number, is passed over.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from services.intake.domain.case import Case
from services.intake.domain.rule import rule
from services.intake.domain.violations import MessageValue, Violation

# Attendances of nothing are a slip of the pen: sessions, and who came to them.
_ATTENDANCES = (
    ("propaganda_sessions", "propaganda_attendances"),
    ("training_courses", "training_attendances"),
)
_SUPERVISIONS, _DETECTED, _RECOMMENDED = (
    "pib_supervisions",
    "pib_violations_detected",
    "pib_cases_recommended",
)
_PERSONS, _VISITS = "reception_persons", "reception_visits"
_ASKED, _SETTLED = "supervision_recommendations", "supervision_recommendations_resolved"


@rule("R4", source="Đắk Lắk: 3.352 received, 2.583 eligible, 138 competent", basis="custom")
def petition_funnel(case: Case) -> Iterator[Violation]:
    """R4: petitions received >= eligible >= competent, in all and by type where the form asks."""
    yield from _beyond(case, "petition_funnel", case.compiled.petitions if case.compiled else ())


@rule("R4", source="the catalogue: what each indicator counts", basis="default")
def part_within_whole(case: Case) -> Iterator[Violation]:
    """R4: households, opinions, cases, conferences, models: a part is never more than its whole."""
    if case.compiled is None:
        return
    backlog = case.compiled.backlog
    carried_in = None if backlog is None else case.exact(backlog.carried_in)
    more = {backlog.arisen: carried_in} if backlog and carried_in else {}
    yield from _beyond(case, "part_within_whole", case.compiled.within, more)


@rule("C4", "warn", source="the catalogue: attendances are counted at sessions", basis="default")
def attendances_without_sessions(case: Case) -> Iterator[Violation]:
    """Ask about people who attended when no session was held."""
    for sessions, attendances in _ATTENDANCES:
        attended = case.exact(attendances)
        if attended and case.exact(sessions) == 0:
            values: dict[str, MessageValue] = {
                "sessions": case.label(sessions),
                "attendances": case.label(attendances),
                "attended": attended,
            }
            yield Violation("attendances_without_sessions", case.field(attendances), values)


@rule(
    "C5",
    "warn",
    source="Hà Nội 2023: 12.567 supervisions, 1.566 violations",
    basis="custom",
    cells=(_SUPERVISIONS, _DETECTED),
)
def violations_within_supervisions(case: Case) -> Iterator[Violation]:
    """Ask about more violations than supervisions; one supervision may find several."""
    supervisions, detected = case.exact(_SUPERVISIONS), case.exact(_DETECTED)
    if supervisions is not None and detected is not None and detected > supervisions:
        values: dict[str, MessageValue] = {"detected": detected, "supervisions": supervisions}
        yield Violation("violations_within_supervisions", case.field(_DETECTED), values)


@rule(
    "C7",
    "warn",
    source="Lâm Đồng: 316 persons on 259 visits; who comes again is one person on two visits",
    basis="custom",
    cells=(_PERSONS, _VISITS),
)
def visits_within_persons(case: Case) -> Iterator[Violation]:
    """Ask about more visits than persons received; one person may have come several times."""
    persons, visits = case.exact(_PERSONS), case.exact(_VISITS)
    if persons is not None and visits is not None and visits > persons:
        values: dict[str, MessageValue] = {"persons": persons, "visits": visits}
        yield Violation("visits_within_persons", case.field(_VISITS), values)


@rule(
    "C6",
    "warn",
    source="Hải Dương 2020: all 1.074 cases found were recommended",
    basis="custom",
    cells=(_DETECTED, _RECOMMENDED),
)
def violations_recommended(case: Case) -> Iterator[Violation]:
    """Ask about violations that nobody was asked to handle."""
    detected, recommended = case.exact(_DETECTED), case.exact(_RECOMMENDED)
    if detected is not None and recommended is not None and recommended < detected:
        values: dict[str, MessageValue] = {"detected": detected, "recommended": recommended}
        yield Violation("violations_recommended", case.field(_RECOMMENDED), values)


@rule(
    "R5",
    "needs_note",
    source="ours: recommendations of earlier periods are not carried in",
    basis="default",
    cells=(_ASKED, _SETTLED),
)
def recommendations_resolved(case: Case) -> Iterator[Violation]:
    """
    Ask for a note when more recommendations were settled than made in the period.

    Those of earlier periods may be among them, and nobody keeps their number: the one backlog of
    a form is that of the cases of the boards (rule R5).
    """
    made, settled = case.exact(_ASKED), case.exact(_SETTLED)
    if made is not None and settled is not None and settled > made:
        values: dict[str, MessageValue] = {"settled": settled, "made": made}
        yield Violation("recommendations_resolved", case.field(_SETTLED), values)


def _beyond(
    case: Case,
    code: str,
    funnels: Iterable[tuple[str, ...]],
    more: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[Violation]:
    """
    Find each figure that exceeds the nearest known one before it.

    *more* is what a whole may have beside its figure: cases carried in may be recommended too.
    """
    for funnel in funnels:
        whole: tuple[str, int] | None = None
        for cell in funnel:
            amount = case.exact(cell)
            if amount is None:
                continue
            if whole is not None and amount > whole[1] + more.get(whole[0], 0):
                values: dict[str, MessageValue] = {
                    "label": case.label(cell),
                    "part": amount,
                    "whole_label": case.label(whole[0]),
                    "whole": whole[1],
                }
                yield Violation(code, case.field(cell), values)
            whole = cell, amount
