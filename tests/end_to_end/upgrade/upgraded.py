"""The release at work on what the release before it has left."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer

from tests.end_to_end.upgrade import dump
from tests.end_to_end.upgrade.dump import SERVICES, Asked, Json, Record, Recording, content_of
from tests.end_to_end.upgrade.qcdc_command import REPOSITORY, qcdc
from tools.deployment.clearing import clear_topics
from tools.deployment.service import Service
from tools.mail_catcher import MailCatcher
from tools.stack.ports import HOST, free_ports
from tools.stack.stack import Stack
from tools.stack.waiting import blocking

HTTP_SECONDS_MAX = 20.0


@dataclass(frozen=True)
class Upgraded:
    """The three services as processes, and what was there before them."""

    kafka: str
    databases: Mapping[str, str]
    services: Mapping[str, Service]
    mailbox: MailCatcher
    recording: Recording
    records: Sequence[Record]

    @classmethod
    @contextmanager
    def open(cls, stack: Stack) -> Iterator["Upgraded"]:
        """Restore databases and topics, migrate, and start what has to go on."""
        name = f"upgrade_{time.monotonic_ns()}"
        kafka, recording, records = (
            stack.kafka.bootstrap,
            dump.read_recording(),
            dump.read_records(),
        )
        databases = {it: stack.postgres.database(f"{name}_{it}") for it in SERVICES}
        blocking(_restore_databases(databases))
        blocking(clear_topics(stack.kafka))
        sources = [word for it in recording.sources for word in ("--source", it)]
        qcdc(kafka, databases, "topics", "apply", *sources)
        blocking(_restore_topics(kafka, records))
        qcdc(kafka, databases, "migrate")
        logs = stack.scratch / name
        logs.mkdir()
        with ExitStack() as undo:
            mailbox = undo.enter_context(MailCatcher.open())
            services = {}
            for service, port in zip(SERVICES, free_ports(len(SERVICES)), strict=True):
                environment = _environment(kafka, databases[service], port, mailbox.port)
                log = logs / f"{service}.log"
                services[service] = Service(service, port=port, log=log, environment=environment)
                undo.callback(services[service].close)
                services[service].start()
            for it in services.values():
                it.wait_ready()
            yield cls(kafka, databases, services, mailbox, recording, records)

    def request(
        self, method: str, service: str, path: str, *, key: str = "", **more: object
    ) -> httpx.Response:
        """Ask a service with the key that was given out before."""
        return httpx.request(
            method,
            self.services[service].url + path,
            headers={"Authorization": f"Bearer {key or self.recording.key}"},
            timeout=HTTP_SECONDS_MAX,
            trust_env=False,
            **more,  # type: ignore[arg-type]  # params or json, as httpx takes them
        )

    def ask(self, service: str, path: str, **question: str) -> Json:
        """Ask a service, and expect an answer."""
        answer = self.request("GET", service, path, params=question)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    def post(self, path: str, document: Json) -> tuple[int, Json]:
        """Send a report or a handover; return the status and the verdict."""
        answer = self.request("POST", "intake", path, json=document)
        return answer.status_code, answer.json()

    def accepted(self, document: Json) -> Json:
        """Send a report that makes a revision."""
        status, verdict = self.post("/v1/submissions", document)
        assert status == httpx.codes.CREATED, verdict
        return verdict

    def value(self, unit: str, period: str) -> object:
        """Return the number of models of a unit."""
        answer = self.ask("aggregator", "/v1/totals", unit=unit, period=period, form="F05")
        its = (it for it in answer["figures"] if it["indicator"] == "dvk_models_total")
        return next(it["value"] for it in its if not it["split"])

    def answers(self) -> list[Asked]:
        """Ask again all that was asked before."""
        return [
            Asked(it.service, it.path, it.question, self.ask(it.service, it.path, **it.question))
            for it in self.recording.asked
        ]

    def since(self) -> list[Record]:
        """Return the records that were not there before."""
        places = {(it.topic, it.partition, it.offset) for it in self.records}
        records = blocking(dump.read_topics(self.kafka))
        return [it for it in records if (it.topic, it.partition, it.offset) not in places]

    def qcdc(self, *words: str) -> str:
        """Run ``qcdc`` on this deployment."""
        return qcdc(self.kafka, self.databases, *words)


async def _restore_databases(databases: Mapping[str, str]) -> None:
    for service, url in databases.items():
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(dump.sql(service).read_text(encoding="utf-8"))
        finally:
            await connection.close()


async def _restore_topics(kafka: str, records: Sequence[Record]) -> None:
    """Write each record where it was; its time is the broker's own on submission topics."""
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for it in records:  # one after the other, so that no retry can change their order
            headers = [(name, content_of(value) or b"") for name, value in it.headers]
            place = it.partition, it.timestamp, headers
            written = await producer.send_and_wait(
                it.topic, content_of(it.value), content_of(it.key), *place
            )
            assert written.offset == it.offset, it


def _environment(kafka: str, database: str, port: int, smtp_port: int) -> dict[str, str]:
    return {
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        "QCDC_KAFKA": kafka,
        "QCDC_DATABASE": database,
        "QCDC_HTTP_HOST": HOST,
        "QCDC_HTTP_PORT": str(port),
        "QCDC_SMTP_HOST": HOST,
        "QCDC_SMTP_PORT": str(smtp_port),
        "QCDC_SMTP_SENDER": "ban-chi-dao@qcdc.example.vn",
    }
