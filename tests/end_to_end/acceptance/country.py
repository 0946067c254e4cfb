"""A deployment with a small directory of its own, and what a committee or a sender does to it."""

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import httpx
from aiokafka import AIOKafkaConsumer
from pydantic import SecretStr

from examples.http_client import Document, Receipt, UpstreamClient
from examples.kafka_client import UpstreamProducer
from services.aggregator.usecases.sign import SignOrder
from tests.end_to_end.acceptance.writing import TOTAL, Answer, models, whole
from tools.demo.reports import FigureValue
from tools.deployment.deployment import Deployment, Plan
from tools.mail_catcher import MailCatcher
from tools.qcdc.clock import system_clock
from tools.qcdc.directory import propose, put_in_force
from tools.qcdc.settings import OperatorSettings
from tools.qcdc.signing import close
from tools.stack.stack import Stack
from tools.stack.waiting import blocking, wait_until

SECONDS_MAX = 30.0
HTTP_SECONDS_MAX = 20.0
SOURCE = "nghiem-thu"

T = TypeVar("T")
_numbers = count(1)


@dataclass(frozen=True)
class Country:
    """The three services as processes, over a real broker and real databases."""

    deployment: Deployment
    folder: Path
    mailbox: MailCatcher

    @classmethod
    @contextmanager
    def open(cls, stack: Stack, folder: Path, units: str, links: str) -> Iterator["Country"]:
        """Start a deployment whose directory holds these units and links."""
        files = _written(folder, {"units.csv": units, "lineage.csv": links})
        with MailCatcher.open() as mailbox:
            plan = Plan(
                sources=(SOURCE,), directory_files=files, smtp_port=mailbox.port, extra=_UTC
            )
            with Deployment.prepare(stack, plan) as deployment:
                deployment.start()
                deployment.wait_ready()
                yield cls(deployment, folder, mailbox)

    def apply(self, **files: str) -> None:
        """
        Publish what files change, as ``qcdc directory apply`` does, while the services run.

        Returns once it is in force; each service follows within a second or two.
        """
        written = _written(self.folder, {f"{name}.yaml": text for name, text in files.items()})

        async def work() -> None:
            proposal = await propose(self.deployment.kafka, written, from_shipped=False)
            revision = await put_in_force(
                self.deployment.kafka, proposal, ", ".join(files), system_clock()
            )
            assert revision is not None, "nothing has changed"

        blocking(work())

    def send(
        self, unit: str, period: str, figures: Mapping[str, FigureValue], form: str = "F05"
    ) -> Answer:
        """Submit a report and return the verdict with its status."""
        report = _report(unit, form, period, figures)
        return self._at_intake(lambda intake: intake.submit(report))

    def withdraw(self, event_id: str) -> Answer:
        """Take back what was accepted under an id."""
        return self._at_intake(lambda intake: intake.withdraw(event_id, "thử"))

    def _at_intake(self, request: Callable[[UpstreamClient], Awaitable[Receipt]]) -> Answer:
        async def work() -> Receipt:
            url, key = self.deployment.url("intake"), self.deployment.keys[SOURCE]
            async with UpstreamClient.connect(url, key, trust_env=False) as intake:
                return await request(intake)

        receipt = blocking(work())
        return {**receipt.content, "status": receipt.status}

    def accepted(
        self, unit: str, period: str, figures: Mapping[str, FigureValue], form: str = "F05"
    ) -> Answer:
        """Submit a report that has to be accepted."""
        verdict = self.send(unit, period, figures, form)
        assert verdict["verdict"] == "accepted", verdict
        return verdict

    def write(self, unit: str, period: str, figures: Mapping[str, FigureValue]) -> None:
        """Submit a report over Kafka, where the broker says when it came."""
        report = _report(unit, "F05", period, figures)

        async def work() -> None:
            async with UpstreamProducer.connect(self.deployment.kafka, SOURCE) as intake:
                await intake.submit(report)

        blocking(work())

    def until_judged(self, unit: str, period: str, as_wanted: Callable[[Answer], bool]) -> None:
        """
        Return once intake works by the directory just published, leaving the slot empty.

        A slot is judged when it is first filled, so a probe that came too early is taken back.
        """

        def look() -> bool:
            verdict = self.accepted(unit, period, models(1))
            withdrawn = self.withdraw(verdict["submission_id"])
            assert withdrawn["verdict"] == "accepted", withdrawn
            return as_wanted(verdict)

        until(look, "intake does not work by the new directory")

    def ask(self, path: str, service: str = "aggregator", **question: str) -> Answer:
        """Ask a service, and expect an answer."""
        answer = self.asked(path, service, **question)
        assert answer["status"] == httpx.codes.OK, answer
        return answer

    def asked(self, path: str, service: str = "aggregator", **question: str) -> Answer:
        """Ask a service; the status is in the answer."""
        answer = httpx.get(
            self.deployment.url(service) + path,
            params={name.strip("_"): it for name, it in question.items()},
            timeout=HTTP_SECONDS_MAX,
            trust_env=False,
        )
        return {**answer.json(), "status": answer.status_code}

    def figure(
        self, unit: str, period: str, view: str = "as_reported", cell: str = TOTAL
    ) -> Answer:
        """Return one figure of a unit, and who it is made of."""
        answer = self.ask("/v1/totals", unit=unit, period=period, view=view, form="F05")
        its: Answer = next(
            it for it in answer["figures"] if it["indicator"] == cell and not it["split"]
        )
        return {**its, "made_of": [it["key"] for it in answer["made_of"]], "answer": answer}

    def value(self, unit: str, period: str, view: str = "as_reported") -> object:
        """Return the number of models of a unit."""
        return self.figure(unit, period, view)["value"]

    def coverage(self, unit: str, period: str) -> Mapping[str, int]:
        """Return how complete and how punctual a form was."""
        answer = self.ask("/v1/coverage", unit=unit, period=period, form="F05")
        names = ("expected", "reported", "on_time", "late", "missing")
        return {name: answer[name] for name in names}

    def close(self, unit: str, period: str, document: str) -> str:
        """Sign a total, as ``qcdc close`` does; return its checksum."""
        place = OperatorSettings(
            kafka=self.deployment.kafka,
            aggregator_database=SecretStr(self.deployment.databases["aggregator"]),
        )
        snapshot = blocking(close(place, SignOrder(unit, "F05", period, document), dry_run=False))
        assert snapshot.state == "signed"
        return snapshot.checksum

    def events(self, topic: str) -> list[tuple[str, str, Answer]]:
        """Return every event of a topic: its type, its key and its body."""
        return blocking(_events(self.deployment.kafka, topic))


_UTC = {name: {"TZ": "UTC"} for name in ("intake", "aggregator", "notifier")}
"""Services stand on servers of every time zone; lateness is Vietnam's all the same."""


def until(look: Callable[[], T], what: str, seconds: float = SECONDS_MAX) -> T:
    """Look until there is something true to see, and return it."""
    seen: list[T] = []

    def ask() -> None:
        answer = look()
        assert answer, f"{what}: {answer!r}"
        seen.append(answer)

    wait_until(
        ask, what=what, errors=(AssertionError, httpx.HTTPError, OSError), seconds_max=seconds
    )
    return seen[-1]


def until_equal(look: Callable[[], object], wanted: object, what: str) -> None:
    """Look until the answer is the one that is wanted."""

    def ask() -> None:
        found = look()
        assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"

    wait_until(ask, what=what, errors=(AssertionError, httpx.HTTPError), seconds_max=SECONDS_MAX)


def until_passed(instant: datetime) -> None:
    """Return when an instant is over by this machine's clock, which the databases share."""
    left = (instant - system_clock()).total_seconds()

    def ask() -> None:
        assert system_clock() > instant + timedelta(milliseconds=200)

    wait_until(ask, what=f"{instant}", errors=(AssertionError,), seconds_max=max(left, 0) + 5)


def _report(unit: str, form: str, period: str, figures: Mapping[str, FigureValue]) -> Document:
    return {
        "event_id": f"nt-{next(_numbers)}",
        "occurred_at": system_clock().isoformat(),
        "unit": unit,
        "form": form,
        "period": period,
        "figures": whole(form, figures),
    }


def _written(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    written = []
    for name, text in files.items():
        path = folder / f"{time.monotonic_ns()}-{name}"
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return tuple(written)


async def _events(kafka: str, topic: str) -> list[tuple[str, str, Answer]]:
    found: list[tuple[str, str, Answer]] = []
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = consumer.assignment()
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(it) < end for it, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found += [_event_of(it.headers, it.key, it.value) for it in records if it.value]
    finally:
        await consumer.stop()
    return found


def _event_of(
    headers: Iterable[tuple[str, bytes]], key: bytes | None, value: bytes
) -> tuple[str, str, Answer]:
    kind = dict(headers)["ce_type"].decode()
    return kind, (key or b"").decode(), json.loads(value)
