"""What is sent twice, wrong at first, withdrawn or poisonous changes nothing in the end."""

from collections import defaultdict
from datetime import datetime

from shared.contracts.reports import ReportSubmitted, ReportWithdrawalRequested
from tests.builders.demo import codes, knowledge_of
from tools.demo.articles import articles
from tools.demo.deliveries import Delivery, Transport
from tools.demo.reports import FigureValue, reports_of
from tools.demo.scenario import Scenario

Slot = tuple[str, str, str]


def in_order(scenario: Scenario) -> list[Delivery]:
    """Return everything that is sent about the articles, in order."""
    load = scenario.load
    return [*load.wrong, *load.withdrawals, *load.right, *load.again]


def slot_of(delivery: Delivery) -> Slot:
    """Return the slot that an event is about."""
    event = delivery.event
    return event.unit, event.form, event.period


def test_half_goes_each_way(scenario: Scenario) -> None:
    """An upstream system on Kafka, and one over HTTP; in the current month too."""
    for deliveries in (scenario.load.right, scenario.in_time):
        kafka = sum(it.transport is Transport.KAFKA for it in deliveries)

        assert abs(2 * kafka - len(deliveries)) <= 1


def test_the_last_word_on_every_slot_is_the_right_one(scenario: Scenario) -> None:
    """An independent fold of all that is sent ends with the articles' reports, nothing else."""
    standing: dict[Slot, dict[str, FigureValue]] = {}
    for delivery in in_order(scenario):
        if isinstance(delivery.event, ReportSubmitted):
            standing[slot_of(delivery)] = dict(delivery.event.figures)
        else:
            standing.pop(slot_of(delivery))

    reports = [it for a in articles() for it in reports_of(a, scenario.reference.catalogue)]
    assert standing == {it.slot: dict(it.figures) for it in reports}


def test_all_reports_of_a_slot_go_one_way(scenario: Scenario) -> None:
    """Only within one partition, or one request after the other, does order hold."""
    ways: dict[Slot, set[Transport]] = defaultdict(set)
    for delivery in in_order(scenario):
        ways[slot_of(delivery)].add(delivery.transport)

    assert all(len(it) == 1 for it in ways.values())


def test_some_are_wrong_some_withdrawn_some_repeated_each_way(scenario: Scenario) -> None:
    """A demo in which nothing goes wrong shows nothing."""
    load = scenario.load
    for way in Transport:
        wrong = [it for it in load.wrong if it.transport is way]
        withdrawn = [it for it in load.withdrawals if it.transport is way]
        again = [it for it in load.again if it.transport is way]

        assert len(wrong) >= 10
        assert withdrawn
        assert len(again) >= 20


def test_a_wrong_report_is_withdrawn_after_it_was_sent(scenario: Scenario) -> None:
    """A withdrawal takes back what stands, so it never comes first."""
    wrong = {slot_of(it) for it in scenario.load.wrong}

    assert all(
        isinstance(it.event, ReportWithdrawalRequested) and slot_of(it) in wrong
        for it in scenario.load.withdrawals
    )


def test_wrong_figures_are_acceptable_and_different(scenario: Scenario, now: datetime) -> None:
    """They count until they are corrected: some too high, some too low."""
    knowledge = knowledge_of(scenario.reference)
    right = {slot_of(it): it.event for it in scenario.load.right}
    differences = []
    for delivery in scenario.load.wrong:
        event = delivery.event
        assert isinstance(event, ReportSubmitted)
        assert codes(event.model_dump_json().encode(), knowledge, now) == set()
        corrected = right.get(slot_of(delivery))
        if isinstance(corrected, ReportSubmitted):
            sums = [
                sum(it for it in e.figures.values() if isinstance(it, int))
                for e in (event, corrected)
            ]
            differences.append(sums[0] - sums[1])

    assert min(differences) < 0 < max(differences)
    assert 0 not in differences


def test_event_ids_are_used_once(scenario: Scenario) -> None:
    """Except by what is sent again word for word."""
    load = scenario.load
    first = [it.event.event_id for it in (*load.wrong, *load.withdrawals, *load.right)]

    assert len(set(first)) == len(first)
    assert {it.event.event_id for it in load.again} <= set(first)


def test_every_poison_is_refused_by_the_rule_that_it_breaks(
    scenario: Scenario, now: datetime
) -> None:
    """The mutations under must_reject in golden.yaml, and bodies that are worse."""
    knowledge = knowledge_of(scenario.reference)

    found = {it.code: codes(it.body, knowledge, now) for it in scenario.poisons}

    assert all(code in said for code, said in found.items())
    assert found.keys() >= {
        "stock_balance",
        "removed_within_available",
        "resolved_within_detected",
        "rate_agrees",
        "not_additive",
        "split_sums_to_total",
    }
