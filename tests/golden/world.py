"""What the checks of the golden file compute with: our shipped facts and our pure code."""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property

from services.aggregator.domain.layouts import Layouts
from services.intake.domain.history import NO_HISTORY, UnitHistory
from services.intake.domain.judge import Verdict, judge
from services.intake.domain.parsing import parse_submission
from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from shared.contracts.strict_json import parse
from shared.reference.directory import Directory, Unit
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period
from tools.demo.reports import FigureValue, Report, complete

RECEIVED_AT = datetime(2026, 11, 22, 5, tzinfo=UTC)
"""When everything is judged; far behind every period of the articles."""

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
"""The last day of the old units, and the first of today's."""

_numbers = itertools.count(1)
_NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True)
class World:
    """Facts, and what the pure cores make of them once."""

    reference: ReferenceData

    @cached_property
    def context(self) -> RuleContext:
        """What intake judges with."""
        return build_rule_context(
            self.reference.catalogue,
            self.reference.directory,
            self.reference.due,
            regimes=self.reference.regimes,
        )

    @cached_property
    def layouts(self) -> Layouts:
        """How the aggregator keeps a report."""
        return Layouts(self.reference.catalogue)

    def with_units(self, units: Iterable[Unit]) -> "World":
        """Return the same world with other units in it."""
        return World(replace(self.reference, directory=Directory(units)))

    def verdict(
        self,
        report: Report,
        history: UnitHistory = NO_HISTORY,
        also: Mapping[str, object] = _NOTHING,
    ) -> Verdict:
        """Judge a report as it would arrive; *also* holds further fields of the submission."""
        document = {
            "event_id": f"golden-{next(_numbers)}",
            "occurred_at": RECEIVED_AT.isoformat(),
            "unit": report.unit,
            "form": report.form,
            "period": report.period,
            "figures": dict(report.figures),
            **({"qualifiers": dict(report.qualifiers)} if report.qualifiers else {}),
            **({"note": report.note} if report.note else {}),
            **also,
        }
        body = json.dumps(document).encode()
        raw = RawSubmission(
            "golden",
            SubmissionKind.SUBMISSION,
            str(document["event_id"]),
            parse(body),
            body,
            RECEIVED_AT,
        )
        return judge(parse_submission(raw), self.context, history)

    def says(
        self,
        unit: str,
        form: str,
        period_code: str,
        figures: Mapping[str, FigureValue],
        history: UnitHistory = NO_HISTORY,
        also: Mapping[str, object] = _NOTHING,
    ) -> Mapping[str, str]:
        """Return what the rules say to a report of some figures: severities by code."""
        version = self.reference.catalogue.form(form, period(period_code))
        assert version is not None
        whole = complete(figures, version, self.reference.catalogue)
        violations = self.verdict(Report(unit, form, period_code, whole), history, also).violations
        return {it.code: it.severity for it in violations}

    def unit(self, code: int | str, level: str, day: date) -> Unit:
        """Return the unit that an official code meant on a day."""
        width = {"province": 2, "district": 3, "commune": 5}[level]
        found = self.reference.directory.find(str(code).zfill(width), level, day)
        assert found is not None, (code, level, day)
        return found

    def communes(self, area: str, day: date) -> list[Unit]:
        """Return the communes of an area on a day."""
        directory = self.reference.directory
        return [
            it
            for it in directory.below(area)
            if it.level == "commune" and directory.alive(it.key, day)
        ]

    def successors(self, key: str) -> set[str]:
        """Name the units that a unit became, wholly or in part."""
        return {it.successor for it in self.reference.lineage.successors(key)}

    def predecessors(self, key: str) -> set[str]:
        """Name the units that a unit came from."""
        return {it.predecessor for it in self.reference.lineage.predecessors(key)}

    def names(self, keys: Iterable[str]) -> Iterator[str]:
        """Name some units in full."""
        for key in keys:
            unit = self.reference.directory.get(key)
            assert unit is not None, key
            yield unit.name
