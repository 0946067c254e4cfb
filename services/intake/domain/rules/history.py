"""
Rules that hold a report against the unit's other periods (docs/DOMAIN.md: R10, R11, R16).

A violation has its rule's name as code. What is not known keeps the rule silent.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from services.intake.domain.case import Case
from services.intake.domain.history import HistoryPart
from services.intake.domain.laws import LAW_10_2022, LAW_77_2015
from services.intake.domain.rule import HistoryRead, rule
from services.intake.domain.violations import MessageValue, Violation
from shared.reference.figures import to_decimal
from shared.reference.indicators import Measure

JUMP_TIMES = 3
_JUMP_MIN = {Measure.MONEY: 10_000_000, Measure.AREA: 10_000}
"""Below which a difference is none, in the smallest unit: ten million đồng, 100 m²; else ten."""
_COUNT_JUMP_MIN = 10
_DEVIATIONS = 3
_APRIL, _DECEMBER = 4, 12
_DIALOGUES = "dialogues_held"
_FORM_OF_GOVERNMENT = "F01"
"""The Front states dialogues on F04 too, and owes none."""
_CONFERENCES_DUE, _CONFERENCES_HELD = "staff_conferences_due", "staff_conferences_held"


@rule(
    "R10",
    "warn",
    source="Law 77/2015/QH13 Art. 125; from 01/03/2025 Law 65/2025/QH15 Art. 24; "
    "from 16/06/2025 Law 72/2025/QH15 Art. 43: a dialogue at least once a year",
    basis="law",
    valid_from=LAW_77_2015,
    cells=(_DIALOGUES,),
)
def yearly_dialogue(case: Case) -> Iterator[Violation]:
    """R10: a commune holds at least one dialogue a year; its People's Committee reports it."""
    period, unit = case.period, case.unit
    if case.report.form != _FORM_OF_GOVERNMENT:
        return
    if period is None or unit is None or period.kind != "year" or unit.level != "commune":
        return
    if case.exact(_DIALOGUES) == 0:
        values: dict[str, MessageValue] = {"name": unit.name, "year": str(period.year)}
        yield Violation("yearly_dialogue", case.field(_DIALOGUES), values)


@rule(
    "R10",
    "warn",
    source="Law 10/2022/QH15 Art. 51: not later than three months into the next working year",
    basis="law",
    valid_from=LAW_10_2022,
    cells=(_CONFERENCES_DUE, _CONFERENCES_HELD),
)
def staff_conference_held(case: Case) -> Iterator[Violation]:
    """R10: an agency, whose working year is the calendar year, holds its conference by 31 March."""
    if case.exact(_CONFERENCES_DUE) == 1 and case.unit is not None and case.unit.level == "agency":
        yield from _outstanding(case, "staff_conference_held", _APRIL)


@rule(
    "R10",
    "warn",
    source="Law 10/2022/QH15 Art. 51; a school year begins in September",
    basis="law",
    valid_from=LAW_10_2022,
    cells=(_CONFERENCES_DUE, _CONFERENCES_HELD),
)
def staff_conferences_of_schools(case: Case) -> Iterator[Violation]:
    """
    R10: schools hold theirs by 30 November, within three months of the school year.

    Which public-service unit is a school, and how many of several units are, no report says. So of
    these, only what is outstanding by both working years is asked about.
    """
    if case.exact(_CONFERENCES_DUE) != 1 or case.unit is None or case.unit.level != "agency":
        yield from _outstanding(case, "staff_conferences_of_schools", _DECEMBER)


@rule(
    "R11",
    "needs_note",
    source="our default: three times or a third, by at least 10 and 3·√(the larger)",
    basis="default",
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.YEAR_BEFORE),
)
def jump(case: Case) -> Iterator[Violation]:
    """
    R11: a figure far from that of the same period a year before asks for a word of why.

    Far is more than three times or less than a third, and further than counts of that size stray by
    themselves: by at least 10 and by more than 3·√(the larger), three standard deviations of a
    Poisson count.
    """
    then = case.history.year_before
    if then is None or case.compiled is None:
        return
    for cell, now in case.units.items():
        earlier = then.get(cell)
        if not earlier or now is None or "[" in cell or case.exact(cell) is None:
            continue
        indicator = case.compiled.indicators[cell]
        if indicator.additive and _is_jump(now, earlier, indicator.measure):
            values: dict[str, MessageValue] = {
                "label": case.label(cell),
                "now": _shown(now, indicator.scale),
                "then": _shown(earlier, indicator.scale),
            }
            wording = "jump" if now > earlier else "jump_down"
            yield Violation("jump", case.field(cell), values, wording=wording)


@rule(
    "R16",
    "warn",
    source="ours: what is asked for on two forms is one fact (decision 19)",
    basis="default",
    applies_if=Case.has_history,
    reads=HistoryRead(HistoryPart.OTHER_FORMS),
)
def same_figure_on_other_form(case: Case) -> Iterator[Violation]:
    """R16: what a unit states on two forms of one period is the same; else the home form counts."""
    if case.compiled is None or case.unit is None:
        return
    for form, amounts in case.history.other_forms.items():
        for cell in case.compiled.others.get(form, ()):
            stated, other = case.exact(cell), amounts.get(cell)
            indicator = case.compiled.indicators[cell]
            home = indicator.home_at(case.unit.level)
            if home is None or stated is None or other is None or stated == other:
                continue
            values: dict[str, MessageValue] = {
                "label": case.label(cell),
                "stated": _shown(stated, indicator.scale),
                "other": _shown(other, indicator.scale),
                "other_form": form,
                "home": home,
            }
            yield Violation("same_figure_on_other_form", case.field(cell), values)


def _outstanding(case: Case, code: str, month: int) -> Iterator[Violation]:
    """
    Say how many conferences are still to be held in reports that reach into a month.

    A window of a committee may be of several years, each with conferences of its own.
    """
    due, held = case.exact(_CONFERENCES_DUE), case.exact(_CONFERENCES_HELD)
    if case.period is None or case.period.is_window or due is None or held is None or held >= due:
        return
    if case.period.last_day >= date(case.period.year, month, 1):
        values: dict[str, MessageValue] = {"held": held, "due": due, "year": str(case.period.year)}
        yield Violation(code, case.field(_CONFERENCES_HELD), values)


def _is_jump(now: int, then: int, measure: Measure) -> bool:
    smaller, larger = sorted((now, then))
    change = larger - smaller
    return (
        larger > JUMP_TIMES * smaller
        and change >= _JUMP_MIN.get(measure, _COUNT_JUMP_MIN)
        and change**2 > _DEVIATIONS**2 * larger
    )


def _shown(amount: int, scale: int) -> int | Decimal:
    return amount if scale == 0 else to_decimal(amount, scale)
