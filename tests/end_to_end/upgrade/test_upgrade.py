"""
Databases and topics that the release before this one has filled are migrated, and go on.

What was left is in the folder ``recorded``; ``record.py`` wrote it, ``story.py`` is what happened.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.acceptance.country import until, until_equal
from tests.end_to_end.upgrade import place
from tests.end_to_end.upgrade.dump import Asked, Record
from tests.end_to_end.upgrade.place import COMMUNES, FEBRUARY, JANUARY, OLD
from tests.end_to_end.upgrade.story import report
from tests.end_to_end.upgrade.upgraded import Upgraded
from tools.mail_catcher import CaughtMail
from tools.stack.stack import Stack

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

BEFORE = "cal.2022-M12"
"""A period that nobody has asked about."""


@dataclass(frozen=True)
class Start:
    """What could be seen before any test sent something."""

    answers: Sequence[Asked]
    answers_after_reading: Sequence[Asked]
    """Once each reader has come to the end of every log that holds reports of the past."""
    published: Sequence[Record]
    mails: Sequence[CaughtMail]


@pytest.fixture(scope="module")
def upgraded(stack: Stack) -> Iterator[Upgraded]:
    """Run this release on what was left."""
    with Upgraded.open(stack) as running:
        yield running


@pytest.fixture(scope="module")
def start(upgraded: Upgraded) -> Start:
    """Look at everything once what was under way has been finished."""
    apart = upgraded.recording.unpublished.answer

    def published() -> list[Record]:
        records = [it for it in upgraded.since() if it.type != "qcdc.IntakeCaughtUp.v1"]
        kinds = {it.type for it in records}
        return records if {"qcdc.NoticeSent.v1", "qcdc.ProvincialTotalsChanged.v1"} <= kinds else []

    until_equal(lambda: upgraded.value("99.1", apart["period"]), 7, "what was in the outbox")
    until(published, "what was under way")
    answers = upgraded.answers()
    # A partition is read in its order: whoever knows of these has read all that lies before them.
    for unit, province in ((COMMUNES[5], "97.1"), (OLD[0], "98.1")):
        upgraded.accepted(report(f"read-{unit}", unit, BEFORE, total=1))
        until_equal(partial(upgraded.value, province, BEFORE), 1, f"the log of {province}")
    return Start(answers, upgraded.answers(), published(), list(upgraded.mailbox.mails))


_WORDS = frozenset({"title", "display", "message"})
"""
Texts for people. A release may word them anew; it may add fields, and figures of cells that nobody
could report, and changes none.
"""


def _differences(
    found: Sequence[Asked], wanted: Sequence[Asked], *moving: str
) -> list[tuple[Asked, Asked]]:
    pairs = zip(found, wanted, strict=True)
    return [(it, was) for it, was in pairs if not _holds(it.answer, was.answer, _WORDS | {*moving})]


def _holds(found: object, was: object, moving: AbstractSet[str]) -> bool:
    if isinstance(found, dict) and isinstance(was, dict):
        return all(
            name in found and _holds(found[name], part, moving)
            for name, part in was.items()
            if name not in moving
        )
    if isinstance(found, list) and isinstance(was, list):
        known = [_cell(it) for it in was]
        found = [it for it in found if _cell(it) in known or not _is_blank(it)]
        pairs = zip(found, was, strict=False)
        return len(found) == len(was) and all(_holds(*pair, moving) for pair in pairs)
    return found == was


def _cell(figure: object) -> object:
    """Return what a figure is of; anything else is of nothing."""
    return isinstance(figure, dict) and (figure.get("indicator"), figure.get("split"))


def _is_blank(figure: object) -> bool:
    return isinstance(figure, dict) and "indicator" in figure and figure.get("value") is None


def test_every_answer_is_what_it_was(upgraded: Upgraded, start: Start) -> None:
    """Totals, coverage, the late, revisions, signatures, receipts, duties and notices."""
    assert _differences(start.answers, upgraded.recording.asked, "as_of") == []


def test_nothing_is_counted_twice(upgraded: Upgraded, start: Start) -> None:
    """The broker has forgotten how far its readers were, so they read everything again."""
    found, wanted = start.answers_after_reading, upgraded.recording.asked

    assert _differences(found, wanted, "as_of", "watermark") == []


def test_only_what_was_under_way_is_told(upgraded: Upgraded, start: Start) -> None:
    """One report left the outbox, and one notice that the mail server had put off was sent."""
    of_old = Counter(it.type for it in start.published if BEFORE not in (it.value or ""))
    unsent = upgraded.recording.unsent

    assert of_old == {
        "qcdc.SubmissionAccepted.v1": 1,
        "qcdc.ReportAccepted.v1": 1,
        "qcdc.ProvincialTotalsChanged.v1": 1,
        "qcdc.NoticeSent.v1": 1,
    }
    assert [it.message_id for it in start.mails] == [unsent["message_id"]]
    (notice,) = upgraded.ask("notifier", "/v1/notices", committee="mau-hai")["notices"]
    assert (notice["notice_id"], notice["state"]) == (unsent["notice_id"], "sent")
    assert [it["outcome"] for it in notice["attempts"]] == ["put_off", "taken"]


def test_resend_gets_its_first_receipt(upgraded: Upgraded) -> None:
    """Whatever was sent over HTTP, and is sent again, is known."""
    again = [(*upgraded.post(it.path, it.document), it) for it in upgraded.recording.sent]

    statuses = [status for status, _, _ in again]
    first = [it.status for it in upgraded.recording.sent]
    assert statuses == [httpx.codes.OK if it == httpx.codes.CREATED else it for it in first]
    assert [answer for _, answer, _ in again] == [it.answer for _, _, it in again]


def test_correction_is_the_next_revision_and_moves_the_total(upgraded: Upgraded) -> None:
    """12 of 52 become 22: revision 3, still on time; what was signed is restated."""
    verdict = upgraded.accepted(report("corrected-after", COMMUNES[0], JANUARY, total=22))

    assert (verdict["revision"], verdict["on_time"]) == (3, True)
    until_equal(lambda: upgraded.value("97.1", JANUARY), 62, "the correction")
    slot = {"unit": COMMUNES[0], "form": "F05", "period": JANUARY}
    revisions = upgraded.ask("aggregator", "/v1/revisions", **slot)["revisions"]
    assert [it["revision"] for it in revisions] == [1, 2, 3]

    def restated() -> list[int]:
        (signed,) = upgraded.ask("aggregator", "/v1/snapshots", unit="97.1")["snapshots"]
        assert signed["valid"]
        return [it["number"] for it in signed["restatements"]]

    until_equal(restated, [1, 2], "the second restatement")


def test_overdue_duty_is_met_by_a_late_report(upgraded: Upgraded) -> None:
    """Its committee was notified before and is not again; DutyMet is published once."""
    slot = {"unit": COMMUNES[3], "form": "F05", "period": FEBRUARY}

    def duty() -> tuple[object, object]:
        (its,) = upgraded.ask("notifier", "/v1/duties", **slot)["duties"]
        return its["state"], its["on_time"]

    assert duty() == ("overdue", None)
    upgraded.accepted(report("late-after", COMMUNES[3], FEBRUARY, total=4))

    until_equal(duty, ("met", False), "the duty")

    def met() -> list[Record]:
        of_unit = (it for it in upgraded.since() if COMMUNES[3] in (it.value or ""))
        return [it for it in of_unit if it.type == "qcdc.DutyMet.v1"]

    assert len(until(met, "DutyMet")) == 1


def test_open_question_ends_with_the_answer(upgraded: Upgraded) -> None:
    """What was asked before the upgrade is settled by a correction after it."""
    answered = report("q2-after", COMMUNES[2], place.Q2, opening=11, new=1, removed=0, total=12)
    assert upgraded.ask("intake", "/v1/submissions/q2")["questions"]

    upgraded.accepted(answered)

    assert upgraded.ask("intake", "/v1/submissions/q2")["questions"] == []


def test_merged_unit_is_still_held_against_its_handover(upgraded: Upgraded) -> None:
    """35 were handed over, so 36 cannot be the opening."""
    wrong = report("first-after", place.MERGED, place.Q3, opening=36, new=5, removed=0, total=41)

    status, verdict = upgraded.post("/v1/submissions", wrong)

    assert status == httpx.codes.UNPROCESSABLE_ENTITY
    assert [it["code"] for it in verdict["findings"]] == ["opening_equals_handover"]


def test_revoked_key_stays_revoked(upgraded: Upgraded) -> None:
    """The other one has opened everything here."""
    path, key = "/v1/submissions/m1-1", upgraded.recording.revoked_key

    assert upgraded.request("GET", "intake", path, key=key).status_code == httpx.codes.UNAUTHORIZED


def test_directory_goes_on(upgraded: Upgraded, tmp_path: Path) -> None:
    """The next revision comes after a refused one and half a publication, and all follow it."""
    unit = COMMUNES[4]
    files = {"letters": place.more_time(unit), "renamed": place.renaming(unit, "Xã sau nâng cấp")}
    paths = [tmp_path / f"{name}.yaml" for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text, encoding="utf-8")

    upgraded.qcdc("directory", "apply", *map(str, paths), "--document", "Sau nâng cấp")

    def name() -> object:
        return upgraded.ask("aggregator", f"/v1/units/{unit}")["unit"]["name"]

    def duty() -> tuple[object, object]:
        question = {"unit": unit, "form": "F05", "period": FEBRUARY}
        (its,) = upgraded.ask("notifier", "/v1/duties", **question)["duties"]
        return its["name"], its["state"]

    def judged() -> object:
        its = upgraded.accepted(report(f"probe-{len(probes)}", unit, FEBRUARY, total=1))
        probes.append(its["submission_id"])
        path, reason = f"/v1/submissions/{its['submission_id']}", {"reason": "thử"}
        assert upgraded.request("DELETE", "intake", path, params=reason).is_success
        return its["on_time"]

    probes: list[str] = []
    until_equal(name, "Xã sau nâng cấp", "the aggregator's directory")
    until_equal(duty, ("Xã sau nâng cấp", "open"), "the notifier's directory")
    until_equal(judged, True, "intake's directory")


def test_rebuild_from_the_log_finds_what_the_tables_hold(upgraded: Upgraded) -> None:
    """Every report of the old release and of this one comes to the same totals."""
    upgraded.qcdc("rebuild", "aggregator", "--verify")
