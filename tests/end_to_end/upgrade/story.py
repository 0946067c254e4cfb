"""What happens in the small country before the release ends: some of everything that can."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer

from tests.end_to_end.acceptance.country import Country, until, until_equal
from tests.end_to_end.acceptance.writing import whole
from tests.end_to_end.upgrade import place
from tests.end_to_end.upgrade.dump import Json, Sent, content_of, read_topics
from tests.end_to_end.upgrade.place import COMMUNES, JANUARY, MERGED, OLD
from tools.stack.waiting import blocking

HTTP_SECONDS_MAX = 20.0
SENT_AT = "2023-08-01T08:00:00+07:00"
DIRECTORY = "qcdc.directory.v1"


@dataclass
class Story:
    """An upstream system with two ways to send, and all that it has sent over HTTP."""

    country: Country
    source: str
    sent: list[Sent] = field(default_factory=list)

    def post(self, event_id: str, unit: str, period: str, **figures: Any) -> Sent:
        """Send a report over HTTP; ``total`` is short for the number of models."""
        return self._post("/v1/submissions", report(event_id, unit, period, **figures))

    def hand_over(self, event_id: str, opening: int) -> Sent:
        """Send the record of what the merged commune opens with."""
        document = {
            "event_id": event_id,
            "unit": MERGED,
            "form": "F05",
            "period": place.Q3,
            "effective_on": place.REFORM,
            "decision": "Nghị quyết gộp",
            "openings": {"dvk_models_opening": opening},
        }
        return self._post("/v1/handovers", document)

    def _post(self, path: str, document: Json) -> Sent:
        deployment = self.country.deployment
        url, key = deployment.url("intake"), deployment.keys[self.source]
        answer = httpx.post(
            url + path,
            json=document,
            headers={"Authorization": f"Bearer {key}"},
            timeout=HTTP_SECONDS_MAX,
            trust_env=False,
        )
        sent = Sent(path, document, answer.status_code, answer.json())
        self.sent.append(sent)
        return sent

    def write(self, event_id: str, unit: str, period: str, **figures: Any) -> None:
        """Send a report over Kafka."""
        document = {**report(event_id, unit, period, **figures), "occurred_at": SENT_AT}
        self._write(event_id, "qcdc.ReportSubmitted.v1", unit, document)

    def withdraw(self, event_id: str, unit: str, period: str) -> None:
        """Take a report back over Kafka."""
        slot = {"unit": unit, "form": "F05", "period": period}
        document = {"event_id": event_id, "occurred_at": SENT_AT, **slot, "reason": "Nhầm kỳ"}
        self._write(event_id, "qcdc.ReportWithdrawalRequested.v1", unit, document)

    def _write(self, event_id: str, kind: str, unit: str, document: Json) -> None:
        headers = {"ce_type": kind, "ce_id": event_id, "ce_source": self.source}
        body = json.dumps(document, ensure_ascii=False).encode()
        self.produce(f"qcdc.submissions.{self.source}.v1", unit, body, headers)

    def produce(
        self,
        topic: str,
        key: str,
        body: bytes,
        headers: Mapping[str, str],
        partition: int | None = None,
    ) -> None:
        """Write a record; return when Kafka holds it."""

        async def work() -> None:
            async with AIOKafkaProducer(bootstrap_servers=self.country.deployment.kafka) as kafka:
                named = [(name, it.encode()) for name, it in headers.items()]
                await kafka.send_and_wait(topic, body, key.encode(), partition, headers=named)

        blocking(work())


def report(event_id: str, unit: str, period: str, **figures: Any) -> Json:
    """Write a report of the movement; what is not said is not known."""
    note = figures.pop("note", None)
    qualifiers = figures.pop("qualifiers", {})
    stated = {
        name if name.startswith(("land", "work")) else f"dvk_models_{name}": it
        for name, it in figures.items()
    }
    document = {
        "event_id": event_id,
        "unit": unit,
        "form": "F05",
        "period": period,
        "figures": whole("F05", stated),
    }
    return (
        document
        | ({"qualifiers": qualifiers} if qualifiers else {})
        | ({"note": note} if note else {})
    )


def tell(story: Story) -> None:
    """Live through all of it, up to the moment at which the mail server goes away."""
    country = story.country
    country.apply(committees=place.first_letters())
    country.until_judged(COMMUNES[5], JANUARY, lambda it: it["on_time"] is True)
    until(lambda: country.mailbox.mails, "the digest of what is overdue")
    _january(story)
    _late_months(story)
    _quarters(story)
    _signing(story)
    _unreadable(story)
    _new_letters(story)


def _january(story: Story) -> None:
    """In time: counted, corrected, withdrawn, refused, unchanged, and sent twice."""
    story.post("m1-1", COMMUNES[0], JANUARY, total=10)
    story.post("m1-1", COMMUNES[0], JANUARY, total=10)
    story.post("m1-1", COMMUNES[0], JANUARY, total=11)
    story.post("m1-1-corrected", COMMUNES[0], JANUARY, total=12)
    story.post("m1-1-again", COMMUNES[0], JANUARY, total=12)
    for _ in range(2):
        story.write("m1-2", COMMUNES[1], JANUARY, total=20)
    story.write("m1-3", COMMUNES[2], JANUARY, total=30)
    story.withdraw("m1-3-withdrawn", COMMUNES[2], JANUARY)
    story.post("m1-4", COMMUNES[3], JANUARY)
    story.write("m1-4-kafka", COMMUNES[3], JANUARY, opening=1, new=1, removed=0, total=5)
    story.post(
        "m1-5",
        COMMUNES[4],
        JANUARY,
        opening=11,
        new=4,
        removed=0,
        total=15,
        land_donated_m2="1250.5",
        work_days=320,
        qualifiers={"work_days": "at_least"},
        note="Số ngày công chưa thống kê hết.",
        **{"new[field=kinh_te]": 3, "new[field=van_hoa_xa_hoi]": 1},
    )
    until_equal(lambda: story.country.value("97.1", JANUARY), 12 + 20 + 15, "January")


def _late_months(story: Story) -> None:
    """After the due instant: the duties are met, and late."""
    for number, period in enumerate((place.FEBRUARY, place.MAY), start=2):
        story.post(f"m{number}-1", COMMUNES[0], period, total=number)
        story.write(f"m{number}-2", COMMUNES[1], period, total=number)
        until_equal(partial(story.country.value, "97.1", period), 2 * number, period)


def _quarters(story: Story) -> None:
    """Correct what raises a question, and merge communes with a handover."""
    story.post("q1", COMMUNES[2], place.Q1, opening=10, new=2, removed=0, total=12)
    story.post("q2", COMMUNES[2], place.Q2, opening=12, new=1, removed=0, total=13)
    story.post("q1-corrected", COMMUNES[2], place.Q1, opening=10, new=1, removed=0, total=11)
    for unit, total in zip(OLD, (10, 20, 5), strict=True):
        story.post(f"last-{unit}", unit, place.Q2, total=total)
    story.hand_over("handover-36", 36)
    story.hand_over("handover-35", 35)
    story.post("first", MERGED, place.Q3, opening=35, new=5, removed=0, total=40)
    until_equal(lambda: story.country.value("98.1", place.Q3), 40, "the merged commune")


def _signing(story: Story) -> None:
    """Figures are signed, and change afterwards."""
    story.country.close("97.1", JANUARY, "Biên bản chốt số liệu")
    story.write("m1-2-corrected", COMMUNES[1], JANUARY, total=25)
    question = {"unit": "97.1", "form": "F05", "period": JANUARY}

    def restated() -> object:
        (signed,) = story.country.ask("/v1/snapshots", **question)["snapshots"]
        return signed["restatements"]

    until(restated, "the restatement")


def _unreadable(story: Story) -> None:
    """Write what is no message: to intake, and to both readers of reports."""
    headers = {"ce_type": "qcdc.ReportSubmitted.v1"}
    story.produce(f"qcdc.submissions.{story.source}.v1", COMMUNES[0], b"\xff\xfe {", headers)
    story.produce("qcdc.reports.v1", "97.1", b"{", {"ce_type": "qcdc.ReportAccepted.v1"}, 0)


def _new_letters(story: Story) -> None:
    """Drop a demand, grant more time, break a revision, and publish one that counts."""
    country = story.country
    country.apply(committees=place.later_letters())

    def states() -> set[str]:
        duties = country.ask("/v1/duties", "notifier", form="F05")["duties"]
        return {it["state"] for it in duties}

    until_equal(states, {"open", "overdue", "met", "excused"}, "the duties by the new letters")
    _broken_revision(story)
    country.apply(renamed=place.renaming(COMMUNES[5], "Xã đổi tên"))
    until_equal(
        lambda: country.ask(f"/v1/units/{COMMUNES[5]}")["unit"]["name"], "Xã đổi tên", "the name"
    )


def _broken_revision(story: Story) -> None:
    """Say that a revision is in force of which the entities are not what it says."""
    records = blocking(read_topics(story.country.deployment.kafka))
    last = [it for it in records if it.type == "qcdc.DirectoryRevised.v1"][-1]
    said = json.loads(last.value or "")
    wrong = {"event_id": "broken", "revision": said["revision"] + 1, "base": said["revision"]}
    body = json.dumps(said | wrong | {"checksum": said["checksum"][::-1]}).encode()
    headers = dict(last.headers) | {"ce_id": "broken"}
    story.produce(DIRECTORY, (content_of(last.key) or b"").decode(), body, headers, 0)


def leave_half_a_publication(story: Story) -> None:
    """Tell of a unit's new name, and put no revision in force that has it."""
    records = blocking(read_topics(story.country.deployment.kafka))
    unit = [it for it in records if it.key == f"unit/{COMMUNES[4]}"][-1]
    body = (unit.value or "").replace("Xã mẫu", "Xã dở dang").encode()
    story.produce(DIRECTORY, unit.key or "", body, dict(unit.headers) | {"ce_id": "half"}, 0)


def questions(story: Story) -> list[tuple[str, str, dict[str, str]]]:
    """Return what is asked before the release ends, and after it."""
    periods = (JANUARY, place.FEBRUARY, place.MAY, place.Q1, place.Q2, place.Q3)
    areas = {"97.1": periods[:5], "98.1": (place.Q2, place.Q3)}
    slots = [(unit, period) for unit, its in areas.items() for period in its]
    figures = [
        ("aggregator", f"/v1/{path}", {"unit": unit, "period": period, "form": "F05"})
        for unit, period in slots
        for path in ("totals", "coverage", "late")
    ]
    today = {"unit": MERGED, "period": place.Q2, "form": "F05", "view": "current"}
    revisions = [
        ("aggregator", "/v1/revisions", {"unit": unit, "form": "F05", "period": period})
        for unit, period in (
            *((it, JANUARY) for it in COMMUNES[:3]),
            (COMMUNES[0], place.MAY),
            (COMMUNES[2], place.Q1),
        )
    ]
    ids = dict.fromkeys(
        [it.document["event_id"] for it in story.sent]
        + ["m1-2", "m1-3", "m1-3-withdrawn", "m1-4-kafka"]
    )
    return [
        *figures,
        ("aggregator", "/v1/totals", today),
        *revisions,
        ("aggregator", "/v1/snapshots", {"unit": "97.1"}),
        ("aggregator", f"/v1/units/{COMMUNES[5]}", {"on": place.REFORM}),
        *(("intake", f"/v1/submissions/{it}", {}) for it in ids),
        ("notifier", "/v1/notices", {"committee": "mau-mot"}),
        ("notifier", "/v1/duties", {"limit": "1000"}),
    ]
