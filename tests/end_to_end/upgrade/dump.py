"""What a release left: its databases as SQL, its topics record by record, and what it answered."""

import base64
import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from pydantic import TypeAdapter

FOLDER = Path(__file__).parent / "recorded"
_RECORDS, _ANSWERS = FOLDER / "records.jsonl.gz", FOLDER / "answers.json"
SERVICES = ("intake", "aggregator", "notifier")
Json = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One record of a topic; what is not UTF-8 is kept in base64, behind ``base64:``."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    """Milliseconds since 1970."""
    key: str | None
    headers: list[tuple[str, str]]
    value: str | None

    @property
    def type(self) -> str:
        """The type of the event, empty where the record names none."""
        return dict(self.headers).get("ce_type", "")


@dataclass(frozen=True)
class Sent:
    """A submission over HTTP, and its answer."""

    path: str
    document: Json
    status: int
    answer: Json


@dataclass(frozen=True)
class Asked:
    """A question to a service, and its answer."""

    service: str
    path: str
    question: dict[str, str]
    answer: Json


@dataclass(frozen=True)
class Recording:
    """What the release answered over HTTP, and what it had not published or sent yet."""

    sources: Sequence[str]
    key: str
    """An API key of the first source."""
    revoked_key: str
    sent: Sequence[Sent]
    asked: Sequence[Asked]
    unpublished: Sent
    """Accepted while Kafka was down: it waits in the outbox."""
    unsent: Json
    """A notice that the mail server put off."""


def sql(service: str) -> Path:
    """Return the file with a service's schema and rows."""
    return FOLDER / f"{service}.sql"


def read_records() -> list[Record]:
    """Return every record of every topic, each partition in its order."""
    lines = gzip.decompress(_RECORDS.read_bytes()).splitlines()
    reader = TypeAdapter(Record)
    return [reader.validate_json(it) for it in lines]


def write_records(records: Iterable[Record]) -> None:
    """Write one record a line; zipped, since every total is published with all its figures."""
    lines = [json.dumps(asdict(it), ensure_ascii=False) + "\n" for it in records]
    _RECORDS.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))


def read_recording() -> Recording:
    """Return what was recorded over HTTP."""
    return TypeAdapter(Recording).validate_json(_ANSWERS.read_bytes())


def write_recording(recording: Recording) -> None:
    """Write what was recorded over HTTP, a line for each question or submission."""
    parts = {
        name: "[\n" + ",\n".join(map(_line, value)) + "\n]"
        if name in ("sent", "asked")
        else _line(value)
        for name, value in asdict(recording).items()
    }
    text = ",\n".join(f'"{name}": {value}' for name, value in parts.items())
    _ANSWERS.write_text("{\n" + text + "\n}\n", encoding="utf-8")


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


async def read_topics(kafka: str) -> list[Record]:
    """Return every record of our topics as the broker has them now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    await consumer.start()
    try:
        partitions = await _partitions(kafka)
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        found: list[Record] = []
        for it, end in (await consumer.end_offsets(partitions)).items():
            while await consumer.position(it) < end:
                found += map(_record, (await consumer.getmany(it, timeout_ms=200)).get(it, ()))
    finally:
        await consumer.stop()
    return sorted(found, key=lambda it: (it.topic, it.partition, it.offset))


async def _partitions(kafka: str) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        ours = [it for it in await admin.list_topics() if it.startswith("qcdc.")]
        described = await admin.describe_topics(ours)
    finally:
        await admin.close()
    return [
        TopicPartition(it["topic"], number)
        for it in described
        for number in range(len(it["partitions"]))
    ]


def _record(it: Any) -> Record:
    headers = [(name, _text(value) or "") for name, value in it.headers]
    its = it.topic, it.partition, it.offset, it.timestamp
    return Record(*its, _text(it.key), headers, _text(it.value))


def _text(content: bytes | None) -> str | None:
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(content).decode()


def content_of(text: str | None) -> bytes | None:
    """Return the bytes of a key, a header or a value."""
    if text is None:
        return None
    encoded = text.removeprefix("base64:")
    return text.encode() if encoded == text else base64.b64decode(encoded)
