"""
What a handover received from areas that ended without a successor: the districts of June 2025.

A share is part of an opening. What all handovers state of one area is at most what it closed with;
what nobody states stays where it was reported.
"""

from collections.abc import Iterator, Mapping, Sequence

from services.intake.domain.case import to_smallest_units
from services.intake.domain.history import Amounts
from services.intake.domain.rule_context import CompiledForm
from services.intake.domain.sources import area_closings, ended_areas, handovers_from_area
from services.intake.domain.state import Handover
from services.intake.domain.violations import MessageValue, Violation, printable
from services.intake.domain.working_set import WorkingSet, last_day
from shared.contracts.reports import HandoverSubmitted
from shared.contracts.values import Severity
from shared.reference.dates import DAY
from shared.reference.place_names import in_sentence
from shared.reference.vietnamese import date_short


def shares_of(
    report: HandoverSubmitted, compiled: CompiledForm | None
) -> Mapping[str, Mapping[str, int]]:
    """Return what a handover received from each area by cell, in the smallest units."""
    if compiled is None:
        return {}
    units = {
        area: to_smallest_units(compiled, figures, {})[0]
        for area, figures in report.from_areas.items()
    }
    return {
        area: {cell: it for cell, it in amounts.items() if it is not None}
        for area, amounts in units.items()
    }


def violations_of_shares(
    report: HandoverSubmitted,
    stated: Handover,
    compiled: CompiledForm,
    closing_of: Mapping[str, str],
    working_set: WorkingSet,
    *,
    certain: bool,
) -> Iterator[Violation]:
    """
    Hold what a handover received from ended areas against its openings and their closings.

    ``closing_of`` maps an opening to the closing that it continues. Unless the lineage is
    ``certain``, a share above what the area had is a warning.
    """
    known = ended_areas(stated.key, working_set.context)
    for area, figures in report.from_areas.items():
        place = f"from_areas.{printable(area)}"
        if area not in known:
            values: dict[str, MessageValue] = {
                "area": _name(area, working_set),
                "day": date_short(report.effective_on),
            }
            yield Violation("handover_not_from_area", place, values)
            continue
        faults = [*_unusable(figures, area, stated, compiled, working_set)]
        yield from faults
        if not faults:
            yield from _against_closing(area, stated, closing_of, working_set, certain=certain)
    for cell, opening in stated.openings.items():
        if opening is not None and stated.received(cell) > opening:
            values = {
                "label": working_set.context.catalogue.label(cell),
                "received": stated.received(cell),
                "opening": opening,
            }
            yield Violation("handover_share_within_opening", f"openings.{cell}", values)


def _unusable(
    figures: Mapping[str, int | str | None],
    area: str,
    stated: Handover,
    compiled: CompiledForm,
    working_set: WorkingSet,
) -> Iterator[Violation]:
    """Yield the shares of no opening of the handover, or written otherwise than it."""
    for cell, value in figures.items():
        if value is None:
            continue
        if stated.openings.get(cell) is None:
            code, label = "handover_share_without_opening", printable(cell)
        elif cell not in stated.from_areas[area]:
            code, label = "handover_share_misfit", working_set.context.catalogue.label(cell)
        else:
            continue
        if cell in compiled.cells:
            label = working_set.context.catalogue.label(cell)
        values: dict[str, MessageValue] = {"label": label, "area": _name(area, working_set)}
        yield Violation(code, f"from_areas.{area}.{printable(cell)}", values)


def _against_closing(
    area: str,
    stated: Handover,
    closing_of: Mapping[str, str],
    working_set: WorkingSet,
    *,
    certain: bool,
) -> Iterator[Violation]:
    """
    Yield the shares that, with those of other handovers, exceed what the area closed with.

    What is left of it is told once all that might have taken it over have a record, not before.
    """
    key, context = stated.key, working_set.context
    closing = _closing(area, stated, working_set)
    of_others = [working_set.handover(it) for it in handovers_from_area(key, area, context)]
    recorded = [it for it in of_others if it is not None and area in it.from_areas]
    before, unknown = working_set.handover(key), False
    was = before.from_areas.get(area, {}) if before else {}
    for cell, share in stated.from_areas[area].items():
        had = closing.get(closing_of.get(cell, cell))
        if had is None:
            unknown = True
            continue
        others = [it for it in recorded if it.from_areas[area].get(cell)]
        total = share + sum(it.from_areas[area][cell] for it in others)
        place = f"from_areas.{area}.{cell}"
        values: dict[str, MessageValue] = {
            "label": context.catalogue.label(cell),
            "area": _name(area, working_set),
            "shares": total,
            "closing": had,
        }
        if total > had:
            mending = bool(others) and share <= was.get(cell, -1)
            severity: Severity = "reject" if certain and not mending else "warn"
            values["units"] = _names([stated, *others], working_set)
            yield Violation("handover_exceeds_area", place, values, severity)
        elif total < had and None not in of_others:
            values["rest"] = had - total
            yield Violation("handover_leaves_rest", place, values, "warn")
    if unknown:
        place, names = f"from_areas.{area}", {"units": _name(area, working_set)}
        yield Violation("handover_closings_unknown", place, names, "warn")


def _closing(area: str, stated: Handover, working_set: WorkingSet) -> Amounts:
    day = stated.key.effective_on
    candidates = area_closings(stated.key, area, stated.period, working_set.context)
    for it in working_set.closings([candidates], day):
        if last_day(it.key) + DAY >= day:
            return working_set.amounts(it) or {}
    return {}


def _name(unit: str, working_set: WorkingSet) -> str:
    known = working_set.context.directory.get(unit)
    return printable(unit) if known is None else in_sentence(known.name)


def _names(handovers: Sequence[Handover], working_set: WorkingSet) -> str:
    return ", ".join(_name(it.key.unit, working_set) for it in handovers)
