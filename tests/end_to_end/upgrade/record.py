"""
Record what this release leaves for the next: ``python -m tests.end_to_end.upgrade.record``.

Run it once, at the release and before any table changes, on a stack of its own: it stops Kafka, so
that something stays in the outbox, and needs ``pg_dump``. Then commit the folder ``recorded``,
which ``test_upgrade.py`` holds later releases against. For a minute that test cannot pass: the mail
server is tried again no sooner.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import httpx

from tests.end_to_end.acceptance.country import SOURCE, Country, until, until_equal
from tests.end_to_end.upgrade import dump, place
from tests.end_to_end.upgrade.dump import FOLDER, SERVICES, Asked, Recording
from tests.end_to_end.upgrade.qcdc_command import qcdc
from tests.end_to_end.upgrade.story import Story, leave_half_a_publication, questions, tell
from tools.deployment.deployment import Deployment, Plan
from tools.mail_catcher import MailCatcher
from tools.stack.stack import Stack
from tools.stack.waiting import blocking

REVOKED = "da-thu-hoi"
_COMMENT = re.compile(r"^--\n(-- .*\n)+--\n\n", re.MULTILINE)
_FOR_PSQL = re.compile(r"^\\(un)?restrict .*\n", re.MULTILINE)
_POSITIONS = "SELECT topic, partition, next_offset FROM qcdc.position"


def main() -> None:
    """Start a deployment, let it live, end it, and write down what is left."""
    with ExitStack() as undo:
        stack = undo.enter_context(Stack.start())
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory()))
        mail = undo.enter_context(ExitStack())
        mailbox = mail.enter_context(MailCatcher.open())
        files = [folder / "units.csv", folder / "lineage.csv"]
        for file, text in zip(files, (place.UNITS, place.LINKS), strict=True):
            file.write_text(text, encoding="utf-8")
        plan = Plan((SOURCE, REVOKED), directory_files=files, smtp_port=mailbox.port)
        deployment = undo.enter_context(Deployment.prepare(stack, plan))
        deployment.start()
        deployment.wait_ready()
        country = Country(deployment, folder, mailbox)
        story = Story(country, SOURCE)
        tell(story)
        _operate(country)
        mail.close()
        unsent = _put_off(country)
        recording = _end(stack, story, unsent)
        _write(deployment, recording)


def _operate(country: Country) -> None:
    """Judge May again by the letter that grants more time, and revoke a key."""
    deployment = country.deployment
    ordered = ("--form", "F05", "--period", place.MAY, "--document", "Công văn phúc tra")
    qcdc(deployment.kafka, deployment.databases, "rejudge", *ordered)
    qcdc(
        deployment.kafka,
        deployment.databases,
        "keys",
        "revoke",
        deployment.keys[REVOKED].split("_")[1][:8],
    )
    until_equal(lambda: country.coverage("97.1", place.MAY)["on_time"], 2, "May judged again")


def _put_off(country: Country) -> dump.Json:
    """Leave a notice whose first attempt found no mail server."""
    country.apply(second=place.letters_of_the_second())

    def tried() -> dump.Json | None:
        found = country.ask("/v1/notices", "notifier", committee="mau-hai")["notices"]
        return found[0] if found and found[0]["attempts"] else None

    notice = until(tried, "a notice that was put off")
    assert notice is not None
    assert (notice["state"], notice["attempts"][0]["outcome"]) == ("planned", "put_off"), notice
    return notice


def _end(stack: Stack, story: Story, unsent: dump.Json) -> Recording:
    """End the services, one report still in the outbox."""
    deployment = story.country.deployment
    leave_half_a_publication(story)
    _until_told(deployment)
    asked = [
        Asked(service, path, question, _ask(deployment, service, path, question))
        for service, path, question in questions(story)
    ]
    sent = list(story.sent)
    deployment.services["aggregator"].stop()
    deployment.services["notifier"].stop()
    stack.kafka.stop()
    unpublished = story.post("unpublished", place.APART, place.JUNE, total=7)
    assert unpublished.status == httpx.codes.CREATED, unpublished
    deployment.services["intake"].stop()
    stack.kafka.start()
    return Recording(
        sources=(SOURCE, REVOKED),
        key=deployment.keys[SOURCE],
        revoked_key=deployment.keys[REVOKED],
        sent=sent,
        asked=asked,
        unpublished=unpublished,
        unsent=unsent,
    )


def _ask(deployment: Deployment, service: str, path: str, question: Mapping[str, str]) -> dump.Json:
    answer = httpx.get(
        deployment.url(service) + path,
        params=dict(question),
        headers={"Authorization": f"Bearer {deployment.keys[SOURCE]}"},
        trust_env=False,
    )
    assert answer.is_success, answer.text
    found: dump.Json = answer.json()
    return found


def _until_told(deployment: Deployment) -> None:
    """Return once everything has been read and published."""

    async def left() -> int:
        records = await dump.read_topics(deployment.kafka)
        ends = {(it.topic, it.partition): it.offset + 1 for it in records}
        waiting = 0
        for service, url in deployment.databases.items():
            connection = await asyncpg.connect(url)
            try:
                waiting += await connection.fetchval("SELECT count(*) FROM qcdc.outbox")
                if service == "aggregator":
                    waiting += await connection.fetchval("SELECT count(*) FROM qcdc.dirty_total")
                for topic, partition, position in await connection.fetch(_POSITIONS):
                    if topic != "qcdc.watermarks.v1":  # never still
                        waiting += ends.get((topic, partition), 0) - position
            finally:
                await connection.close()
        return waiting

    until(lambda: blocking(left()) == 0, "everything read and published")


def _write(deployment: Deployment, recording: Recording) -> None:
    FOLDER.mkdir(exist_ok=True)
    records = blocking(dump.read_topics(deployment.kafka))
    dump.write_records(records)
    dump.write_recording(recording)
    for service in SERVICES:
        dump.sql(service).write_text(_dumped(deployment.databases[service]), encoding="utf-8")
    print(f"{len(records)} records, {len(recording.asked)} answers, in {FOLDER}")


def _dumped(url: str) -> str:
    """Dump a database so that any PostgreSQL from 15 on takes it, without psql."""
    program = shutil.which("pg_dump")
    assert program, "pg_dump is not installed"
    options = ("--schema=qcdc", "--inserts", "--rows-per-insert=100", "--no-owner", "--no-acl")
    done = subprocess.run([program, *options, url], capture_output=True, text=True, check=True)
    # What comes before the schema sets up a session of that version; the rest is plain SQL.
    text = done.stdout[done.stdout.index("CREATE SCHEMA") :]
    return _FOR_PSQL.sub("", _COMMENT.sub("", text)).rstrip() + "\n"


if __name__ == "__main__":
    main()
