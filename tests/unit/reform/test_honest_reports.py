"""Whatever a reform does, what is true is accepted, and the country adds up to it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.scopes import Scope, as_reported, current
from services.aggregator.usecases.count import count_reports
from services.intake.app import load_messages
from services.intake.domain.events import PublishedReport, published
from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import RawSubmission
from services.intake.domain.violations import renderer
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot
from tests.builders.accepted_reports import revision_of
from tests.builders.intake import Report, raw
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import context_of, handed
from tests.builders.periods import period as period_of
from tests.builders.reference import shipped_reference
from tests.builders.reform_truth import REFORM, Truth, drawn_truth
from tests.doubles.ledger import MemoryLedger

TODAY = period_of("cal.2026-H1").last_day
OPENING, CARRIED_IN = "dvk_models_opening", "petitions_carried_in"
_RENDER = renderer(load_messages())
ADDED = {"F05": ("dvk_models_new", "dvk_models_total"), "F01": ("petitions_resolved",)}


class Country:
    """Both services on one drawn country: what intake accepts, the aggregator counts."""

    def __init__(self, truth: Truth, reference: ReferenceData) -> None:
        self.directory, self.lineage = truth.country.directory, truth.lineage
        known = replace(reference, directory=self.directory, lineage=self.lineage, committees=())
        self.context: RuleContext = context_of(known)
        self.journal = MemoryJournal(self.context, _RENDER)
        self._events: list[PublishedReport] = []
        self.layouts = Layouts(reference.catalogue)
        self.ledger = MemoryLedger()

    def receive(self, submission: RawSubmission) -> SubmissionOutcome:
        """Let a submission arrive."""
        (outcome,) = self.journal.receive(submission)
        validated = outcome.validated
        if validated is not None and outcome.entry.verdict == "accepted":
            self._events.append(published(outcome.entry, validated.report, validated.figures))
        return outcome

    def count(self) -> None:
        """Let the aggregator count all that was accepted."""
        revisions = [revision_of(it, self.layouts) for it in self._events]
        asyncio.run(count_reports(self.ledger, revisions, self.layouts))

    def total(self, scope: Scope, form: str, cell: str, period: Period) -> int:
        """Return what the reports of a scope sum to."""
        position = self.layouts.require(form, period.code).form.position[cell]
        areas = sum(
            totals.sums[position]
            for key, totals in self.ledger.counted.items()
            if (key.form, key.period) == (form, period.code) and key.area in scope.areas
        )
        counted = (
            it.counted.figures or ()
            for (slot, _), it in self.ledger.revisions.items()
            if slot in {Slot(unit, form, period.code) for unit in scope.units}
        )
        return areas + sum(it[position] or 0 for it in counted)

    def whole(self, form: str, cell: str, period: Period) -> tuple[int, int]:
        """Return the country's total as it was then, and within the boundaries of today."""
        then = [
            as_reported(self.directory, it.key, period)
            for it in self.directory
            if it.level == "province" and self.directory.alive(it.key, period.last_day)
        ]
        now = [
            current(self.directory, self.lineage, it.key, period, TODAY)
            for it in self.directory
            if it.level == "province" and self.directory.alive(it.key, TODAY)
        ]
        assert not any(it.not_separable for it in now)
        sums = [sum(self.total(it, form, cell, period) for it in scopes) for scopes in (then, now)]
        return sums[0], sums[1]


def accepted(country: Country, slot: Slot, figures: Mapping[str, int], *, tells: bool) -> None:
    """Send a true report; who left out what was carried in, and is asked, states it."""
    stated = {it: value for it, value in figures.items() if tells or it != CARRIED_IN}
    outcome = country.receive(raw(Report(*slot, stated).document(country.context)))
    refused = [it.code for it in outcome.entry.findings if it.severity == "reject"]
    if refused and not tells:
        assert refused == ["resolved_within_detected"]
        accepted(country, slot, figures, tells=True)
    else:
        assert outcome.entry.verdict == "accepted", outcome.entry.findings


def handover_of(truth: Truth, heir: str, period: str) -> RawSubmission:
    """Return the true record of what a unit took over."""
    document: dict[str, object] = {
        "event_id": f"handover-{heir}",
        "occurred_at": "2026-11-22T12:00:00+07:00",
        "unit": heir,
        "form": "F05",
        "period": period,
        "effective_on": REFORM.isoformat(),
        "decision": "NQ",
        "openings": {OPENING: truth.received[heir].total()},
    }
    if parts := truth.districts_of(heir):
        document["from_areas"] = {it: {OPENING: number} for it, number in parts.items()}
    return handed(document)


@settings(max_examples=60, deadline=None, phases=(Phase.reuse, Phase.generate))
@given(seed=st.integers(0, 2**63 - 1))
def test_no_reform_needs_a_false_report(seed: int) -> None:
    """
    Reports and records come in any order, some never; all that come are accepted.

    A seed draws the country: a smaller seed is no smaller country, so nothing is shrunk.
    """
    rng = Random(seed)
    truth, periods = drawn_truth(rng)
    country = Country(truth, shipped_reference())
    everything: list[Slot | str] = [*truth.reports, *truth.received]
    missing = rng.choice([0, 0, 1, 4])
    arriving = rng.sample(everything, len(everything))[missing:]
    if rng.random() < 0.5:
        stages = {code: stage for stage, code in enumerate((*periods[:2], "", *periods[2:]))}
        arriving.sort(key=lambda it: stages[it.period if isinstance(it, Slot) else ""])
    sent: list[Slot] = []
    for it in arriving:
        if isinstance(it, Slot):
            accepted(country, it, truth.reports[it], tells=rng.random() < 0.5)
            sent.append(it)
        else:
            outcome = country.receive(handover_of(truth, it, periods[2]))
            assert outcome.entry.verdict == "accepted", outcome.entry.findings

    country.count()
    for period in map(period_of, periods):
        for form, cells in ADDED.items():
            slots = [it for it in sent if (it.form, it.period) == (form, period.code)]
            for cell in cells:
                true = sum(truth.reports[it][cell] for it in slots)
                assert country.whole(form, cell, period) == (true, true)
    if not missing:
        before, after = map(period_of, periods[1:3])
        closed, _ = country.whole("F05", "dvk_models_total", before)
        opened, _ = country.whole("F05", OPENING, after)
        assert closed - opened == truth.unclaimed.total()
